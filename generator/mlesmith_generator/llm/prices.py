"""What calls cost: a table of prices from a file; a model that is not in it has no known cost."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from mlesmith_env.documents import parse_yaml, read_document
from mlesmith_env.errors import InvalidSettingError
from mlesmith_env.manifest import Record
from mlesmith_generator.llm.chat import Usage

_LARGEST = 1024**2
_MILLION = 1_000_000


class Price(Record):
    """Dollars for a million tokens."""

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)

    def cost(self, usage: Usage) -> float:
        """Return the dollars of a call."""
        return self.cost_of(usage.prompt_tokens, usage.completion_tokens)

    def cost_of(self, read: int, written: int) -> float:
        """Return the dollars of so many tokens that are read and written."""
        return (read * self.input + written * self.output) / _MILLION


class PriceTable(Record):
    """Prices by name of the model."""

    models: dict[str, Price] = Field(default_factory=dict)

    def of(self, model: str) -> Price | None:
        """Return the price of a model, or None where it is unknown.

        A dated name (`name-2026-01-31`) has the price of the plain one, unless the table knows it.
        """
        known = self.models.get(model)
        if known is not None:
            return known
        plain = [name for name in self.models if model.startswith(f"{name}-")]
        dated = [name for name in plain if model[len(name) + 1 :].replace("-", "").isdigit()]
        return self.models[max(dated, key=len)] if dated else None


def read_prices(path: Path) -> PriceTable:
    """Read a table of prices.

    Raises:
        InvalidSettingError: There is no such file, or it is no such table.
    """
    try:
        text = read_document(path, _LARGEST).decode("utf-8")
        return PriceTable.model_validate(parse_yaml(text, path) or {})
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettingError(
            f"{path} can not be read as a table of prices: {error}"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise InvalidSettingError(
            f"{path}: {where}: {first['msg']}; a table of prices reads "
            "`models: {some-model: {input: 2.5, output: 10}}`, in dollars for a million tokens"
        ) from error


def price_table(own: Path | None = None) -> PriceTable:
    """Return the prices that come with the package, with those of an own file before them."""
    known = read_prices(Path(__file__).with_name("prices.yaml")).models
    return PriceTable(models={**known, **(read_prices(own).models if own else {})})
