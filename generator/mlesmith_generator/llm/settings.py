"""What a run needs to know of its models; plain data, so that it can go to another process."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path

from mlesmith_env.errors import InvalidSettingError
from mlesmith_generator.llm.calls import Calls, Tell
from mlesmith_generator.llm.endpoint import Endpoint
from mlesmith_generator.llm.prices import PriceTable
from mlesmith_generator.llm.purse import Purse
from mlesmith_generator.llm.staffing import Staffing

SPENDING = "spending.json"


@dataclass(frozen=True)
class Bounds:
    """What one idea may take before it is given up.

    Attributes:
        tokens: Tokens of all its calls, those that are known already included.
        seconds: Seconds from its first call on.
    """

    tokens: int = 1_000_000
    seconds: float = 3600.0


@dataclass(frozen=True)
class ModelSettings:
    """Who plays which stage, where, and for how much.

    Attributes:
        staffing: The models by stage.
        endpoint: Where they are asked.
        prices: What calls cost.
        budget_usd: Dollars that all runs into one registry may spend together, or None.
        budget_tokens: Tokens that they may use together, or None.
        bounds: What one idea may take.
        answer_tokens: Most tokens that one answer may have.
    """

    staffing: Staffing
    endpoint: Endpoint = field(default_factory=Endpoint)
    prices: PriceTable = field(default_factory=PriceTable)
    budget_usd: float | None = None
    budget_tokens: int | None = None
    bounds: Bounds = field(default_factory=Bounds)
    answer_tokens: int = 16_000

    @property
    def shape(self) -> str:
        """What shapes the tasks, as text: models, prompts, address; not money, nor patience."""
        shape = {**self.staffing.shape, "endpoint": self.endpoint.name}
        return json.dumps(shape, sort_keys=True)

    def check(self) -> None:
        """Refuse before any work what can not go well.

        Raises:
            MissingExtraError: The client is not installed.
            InvalidSettingError: There is no key; or dollars are bounded, and a model has no price.
        """
        self.endpoint.check()
        if self.budget_usd is None:
            return
        if not (math.isfinite(self.budget_usd) and self.budget_usd >= 0):
            raise InvalidSettingError(
                f"--budget-usd {self.budget_usd} is no amount of dollars; leave it out for no bound"
            )
        for stage, model in self.staffing.models.items():
            if self.prices.of(model) is None:
                raise InvalidSettingError(
                    f"--budget-usd needs the price of {model!r} (the {stage}), which is not known: "
                    "name a file with --prices that has it, or bound tokens with --budget-tokens"
                )

    def purse(self, registry: Path) -> Purse:
        """Return the purse of all runs into a registry."""
        return Purse(registry / SPENDING, self.budget_usd, self.budget_tokens)

    def calls(self, registry: Path, tell: Tell) -> Calls:
        """Return who asks the models, on behalf of a run into a registry."""
        return Calls(self.endpoint, self.prices, self.purse(registry), tell)
