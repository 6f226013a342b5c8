"""A player that does its work: explores, proposes, drafts, tries, reviews, writes, solves.

It knows no dataset. What it does is what its prompts ask for, with the plainest of means: words in
names of columns, counts that it had printed, the facts that its tools told.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tests.generator.llm.provider import Body, said
from tests.players.reading import Call, bare, blocks, data

_ASKED = re.compile(
    r"target|class|label|outcome|diagnos|price|quality|rating|score|result|status|churn|default|"
    r"survived|species|income|salary|disease|type|rings|mpg|cnt|count|strength|grade|group|level",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"(^|[_\W])(id|index|name|date|time|year|month|day|url|address|phone|zip|code|lat|lon|"
    r"latitude|longitude)($|[_\W])|^unnamed",
    re.IGNORECASE,
)
_TEMPTING = re.compile(
    r"(ignore|disregard) .{0,20}instructions|you are an? (ai|assistant|model)|system prompt|"
    r"submit exactly|reveal the|private/answers",
    re.IGNORECASE,
)
PROGRAM = """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

train, test = pd.read_csv("input/train.csv"), pd.read_csv("input/test.csv")
sample = pd.read_csv("input/sample_submission.csv")
features = [c for c in test.columns if c in train.columns and c != sample.columns[0]]
target = [c for c in train.columns if c not in test.columns][0]
both = pd.concat([train[features], test[features]])
for name in features:
    if not pd.api.types.is_numeric_dtype(both[name]):
        both[name] = both[name].astype("category").cat.codes
    both[name] = both[name].fillna(-1)
known, hidden = both[: len(train)], both[len(train) :]
out = sample[[sample.columns[0]]].copy()
if len(sample.columns) > 2:
    model = RandomForestClassifier(60, random_state=0).fit(known, train[target].astype(str))
    chances = pd.DataFrame(model.predict_proba(hidden), columns=model.classes_)
    for name in sample.columns[1:]:
        out[name] = chances[name].to_numpy() if name in chances else 0.0
elif train[target].nunique() == 2:
    positive = sorted(train[target].astype(str).unique())[1]
    model = RandomForestClassifier(60, random_state=0).fit(known, train[target].astype(str))
    out[sample.columns[1]] = model.predict_proba(hidden)[:, list(model.classes_).index(positive)]
elif pd.api.types.is_numeric_dtype(train[target]):
    model = RandomForestRegressor(60, random_state=0).fit(known, train[target])
    out[sample.columns[1]] = model.predict(hidden)
else:
    model = RandomForestClassifier(60, random_state=0).fit(known, train[target].astype(str))
    out[sample.columns[1]] = model.predict(hidden)
out.to_csv("submission.csv", index=False)
"""


class Good:
    """Plays every role well."""

    def __call__(self, body: Body) -> Body:
        """Return the next message."""
        call = Call(body)
        return said(*self.next(call), tokens=_tokens(call))

    def next(self, call: Call) -> tuple[Any, ...]:
        """Return content and calls of tools."""
        return getattr(self, call.role)(call)

    def brainstormer(self, call: Call) -> tuple[Any, ...]:
        """Look, measure what could be asked for, then propose."""
        profile = _profile(call)
        tables = sorted(profile["tables"], key=lambda t: -t["rows"])
        if "did not pass" in call.question:
            return (json.dumps({"ideas": [], "why_none": "nothing better is left to ask for"}),)
        if call.turn == 0 and "can not be carried out" not in call.question:
            first = tables[0]["reader"]["files"][0] if tables else ""
            looks = [("list_files", {"folder": ""})]
            looks += [("read_head", {"file": first, "lines": 5})] if first else []
            return ("I look at the files first.", *looks)
        likely = [
            (table, column) for table in tables[:3] for column in _likely(table, profile["subject"])
        ]
        if call.turn == 1 and likely:
            return (
                None,
                *(
                    ("describe_column", {"table": table["name"], "column": column["name"]})
                    for table, column in likely[:3]
                ),
            )
        ideas = [{**_idea(table, column), "adopts": None} for table, column in likely]
        ideas = _adopted(call.questions[0]) + ideas
        refused = call.question if "can not be carried out" in call.question else ""
        ideas = [idea for idea in ideas if f"{idea['target']}: " not in refused]
        limit = int(re.search(r"at most (\d+)", call.questions[0])[1])  # pyright: ignore[reportOptionalSubscript]
        why = "" if ideas else "no column is a question that somebody would ask"
        return (json.dumps({"ideas": ideas[:limit], "why_none": why}),)

    def designer(self, call: Call) -> tuple[Any, ...]:
        """Measure the target, try the draft, ask for its facts, write the page from them."""
        idea = blocks(call.questions[0])[0]
        profile = blocks(call.questions[0])[1]
        table = next((t for t in profile["tables"] if t["name"] == idea["table"]), None)
        if table is None:
            return (json.dumps({**_BLANK, "given_up": "it is made of no table"}),)
        if "describe_column" not in call.called:
            asked = {"table": table["name"], "column": idea["target"]}
            code = _counting(table, idea["target"])
            return (None, ("run_python", {"code": code}), ("describe_column", asked))
        dropped = self.dropped(call) - {idea["target"]}
        draft = self.draft(idea, table, _outputs(call), dropped)
        pages, tries = _told(call, "page_of_draft"), _told(call, "try_draft")
        page = pages.get(json.dumps(draft["recipe"]), "")
        if not page:
            return (None, ("page_of_draft", {"draft": draft}))
        if not page.startswith("#"):
            return (json.dumps({**draft, "given_up": f"no page: {page[:200]}"}),)
        draft = {**draft, "description": page}
        if json.dumps(draft["recipe"]) not in tries and "try_draft" in call.tools:
            return (None, ("try_draft", {"draft": draft}))
        return (json.dumps(draft),)

    def dropped(self, call: Call) -> set[str]:
        """Return the columns that defects, or its own tries, named as what to leave out."""
        told = "\n".join([*call.questions, *_told(call, "try_draft").values()])
        cures = re.findall(r"leaving out (.+?) would cure", told)
        return {name.strip() for text in cures for name in text.split(",")}

    def draft(
        self, idea: dict[str, Any], table: dict[str, Any], outputs: list[str], dropped: set[str]
    ) -> dict[str, Any]:
        """Return a draft by a recipe."""
        target, objective = idea["target"], idea["objective"]
        names = {column["name"] for column in table["columns"]}
        identifier = "id" if "id" not in {name.lower() for name in names} else "row_id"
        gone = {each["column"] for each in idea["exclusions"]} | dropped
        gone -= {target, idea["holdout"]["column"]}
        steps: list[dict[str, Any]] = [{"op": "require", "column": target}]
        if gone:
            steps.append({"op": "drop", "columns": sorted(gone)})
        classes = _classes(outputs) if objective in ("binary", "multiclass") else []
        kind = {"binary": "probability", "multiclass": "probabilities"}.get(objective, "number")
        holdout = {key: value for key, value in idea["holdout"].items() if value is not None}
        return {
            **_BLANK,
            "slug": f"{idea['table']}-{target}",
            "title": f"{idea['table']}: predict {target}",
            "domain": "science",
            "objective": objective,
            "metric": {"name": idea["metric"]["name"], "params": {}},
            "recipe": {
                "kind": "table",
                "reader": table["reader"],
                "transforms": steps,
                "target": target,
                "holdout": holdout,
                "id_column": identifier,
                "seed": 0,
            },
            "submission": {
                "id_column": identifier,
                "columns": classes if kind == "probabilities" else [target],
                "kind": kind,
                "classes": classes,
            },
            "description": "To be written.",
            "justification": idea["justification"],
        }

    def refactor(self, call: Call) -> tuple[Any, ...]:
        """Leave a draft as it is where it says all by recipe; else hand it back unchanged."""
        draft = next((b for q in reversed(call.questions) for b in blocks(q) if "recipe" in b), {})
        return (json.dumps(draft),)

    def writer(self, call: Call) -> tuple[Any, ...]:
        """Say at the beginning what is asked, and keep the measured facts."""
        page = data(call.questions[0])[0]
        title = page.splitlines()[0].removeprefix("# ")
        lead = f"## Context\n\nThis task is called {title}. "
        return (json.dumps({"description": page.replace("## Context\n\n", lead, 1)}),)

    def reviewer(self, call: Call) -> tuple[Any, ...]:
        """Measure on the public files whether a column gives the target away; read the page."""
        if call.turn == 0:
            return (None, ("list_files", {}), ("run_python", {"code": _REVIEW}))
        page = call.questions[0]
        findings: list[dict[str, Any]] = []
        tempting = _TEMPTING.search(page)
        if tempting is not None:
            findings.append(_finding("instructions", tempting[0], "quote", "description.md"))
        for text in _outputs(call):
            for name in re.findall(r"^same as the target: (.+)$", text, re.MULTILINE):
                column = json.loads(name)
                found = _finding("leak", column, "column", "train.csv")
                findings.append({**found, "columns": [column]})
        verdict = "reject" if findings else "accept"
        summary = "The page tells what the files hold." if not findings else "It can not enter."
        return (json.dumps({"verdict": verdict, "summary": summary, "findings": findings}),)

    def solver(self, call: Call) -> tuple[Any, ...]:
        """Hand in a forest once, then stop."""
        if len(call.questions) > 1:
            return (json.dumps({"thought": "It stands.", "finished": True}),)
        return (json.dumps({"thought": "A forest first.", "program": PROGRAM}),)


_BLANK: dict[str, Any] = {
    "given_up": "",
    "slug": "none",
    "title": "None",
    "domain": "science",
    "objective": "regression",
    "metric": {"name": "rmse", "params": {}},
    "recipe": {"kind": "table"},
    "submission": {"columns": ["none"], "kind": "number"},
    "description": "None.",
    "prepare_py": "",
    "metric_py": "",
    "justification": "",
    "changes": "",
}
_REVIEW = """
import json
import pandas as pd

train, test = pd.read_csv("input/train.csv", dtype=str), pd.read_csv("input/test.csv", dtype=str)
print(len(train), "rows to learn from,", len(test), "to predict")
target = [c for c in train.columns if c not in test.columns][0]
for name in test.columns[1:]:
    pairs = train[[name, target]].dropna().drop_duplicates()
    one_to_one = pairs[name].is_unique and pairs[target].is_unique
    if name in train.columns and one_to_one and 1 < len(pairs) < len(train) / 2:
        print("same as the target:", json.dumps(name))
"""


def _counting(table: dict[str, Any], target: str) -> str:
    """Return a program that prints the classes of a column, by their values."""
    reader = table["reader"]
    return (
        "import json, pandas as pd\n"
        f"files, target = {[f'input/{name}' for name in reader['files']]!r}, {target!r}\n"
        f"options = {{'sep': {reader.get('delimiter', ',')!r}, 'dtype': str, "
        f"'encoding': {reader.get('encoding', 'utf-8')!r}, 'skipinitialspace': True}}\n"
        "if options['sep'] == 'whitespace': options['sep'] = r'\\s+'\n"
        f"names = {reader.get('columns') or None!r}\n"
        f"bare = names and not {reader.get('header_rows', 1)!r}\n"
        "if bare: options.update(names=names, header=None)\n"
        "data = pd.concat([pd.read_csv(name, **options) for name in files])\n"
        "values = data[target].dropna().str.strip()\n"
        "values = sorted(v for v in values.unique() if v not in ('', '?', 'NA'))\n"
        "print(len(data), 'rows')\n"
        "print('classes', json.dumps(values if len(values) <= 60 else []))\n"
    )


def _profile(call: Call) -> dict[str, Any]:
    return next(block for block in blocks(call.questions[0]) if "tables" in block)


def _outputs(call: Call) -> list[str]:
    """Return everything that tools told in the whole conversation."""
    return [bare(m["content"]) for m in call.messages if m["role"] == "tool"]


def _classes(outputs: list[str]) -> list[str]:
    """Return the classes that a program counted, or else those that the profile knows."""
    for text in outputs:
        if "\nclasses [" in text:
            return json.loads(text.split("\nclasses ", 1)[1].splitlines()[0])
    told = next(block for text in outputs for block in blocks(text) if "top" in block)
    return sorted(label for label, _ in told["top"])


def _likely(table: dict[str, Any], subject: str) -> list[dict[str, Any]]:
    """Return the columns of a table that could be asked for, best first."""
    if table["rows"] < 200 or len(table["columns"]) < 3:
        return []
    columns, count = table["columns"], len(table["columns"])

    def worth(place: int, column: dict[str, Any]) -> float:
        named = bool(_ASKED.search(column["name"])) or column["name"].lower() in subject.lower()
        return 2.0 * named + (place == count - 1) + 0.5 * (place == 0)

    possible = [
        (worth(place, column), -place, column)
        for place, column in enumerate(columns)
        if column["type"] in ("category", "boolean", "number")
        and not _NEVER.search(column["name"])
        and column["missing"] < 0.3
        and (column["type"] == "number" or 2 <= column["distinct"] <= 12)
    ]
    possible.sort(key=lambda each: (-each[0], each[1]))
    return [column for _, _, column in possible[:4]]


def _idea(table: dict[str, Any], column: dict[str, Any]) -> dict[str, Any]:
    """Return an idea to ask for a column, with what is the same under another name left out."""
    name, target = column["name"], column["name"]
    classes = column["type"] != "number" or column["distinct"] <= 6
    objective = "regression"
    if classes:
        objective = "binary" if column["distinct"] == 2 else "multiclass"
    metric = {"regression": "rmse", "binary": "roc_auc", "multiclass": "log_loss"}[objective]
    excluded = [
        {"column": other, "reason": f"{relation['kind']} of the target"}
        for relation in table["relations"]
        if relation["support"] > 0.98 and name in (relation["target"], *relation["columns"])
        for other in (relation["target"], *relation["columns"])
        if other != name
    ]
    excluded += [
        {"column": other["name"], "reason": "an identifier"}
        for other in table["columns"]
        if other["type"] == "identifier" and other["name"] != name
    ]
    unique = {each["column"]: each for each in excluded}
    return {
        "table": table["name"],
        "target": target,
        "objective": objective,
        "metric": metric,
        "holdout": {"kind": "stratified" if classes else "random"},
        "excluded": list(unique.values()),
        "data_use": f"{', '.join(table['reader']['files'][:3])}, all columns",
        "justification": f"{name!r} has {column['distinct']} values in {table['rows']} rows.",
    }


def _adopted(question: str) -> list[dict[str, Any]]:
    """Take the measured ideas over, in their order."""
    _, _, told = question.partition("Rules have measured these ideas")
    return [
        {
            "adopts": int(number),
            "table": "as measured",
            "target": target,
            "objective": "regression",
            "metric": "rmse",
            "data_use": "as measured",
            "justification": f"Measured, and asked for in practice: {target}.",
        }
        for number, target in re.findall(r"^(\d+)\. \S+: .*?'(.+?)' of '", told, re.MULTILINE)
    ]


def _told(call: Call, tool: str) -> dict[str, str]:
    """Return what a tool told of drafts, by the recipe that each of them had."""
    asked: dict[str, str] = {}
    found: dict[str, str] = {}
    for message in call.messages:
        for each in message.get("tool_calls") or ():
            if each["function"]["name"] == tool:
                draft = json.loads(each["function"]["arguments"])["draft"]
                asked[each["id"]] = json.dumps(draft["recipe"])
        if message["role"] == "tool" and message["tool_call_id"] in asked:
            found[asked[message["tool_call_id"]]] = bare(message["content"])
    return found


def _finding(kind: str, text: str, evidence: str, document: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "severity": "blocking",
        "stage": "design",
        "told": f"{text!r} has no place here",
        "evidence": [{"kind": evidence, "document": document, "text": text}],
    }


def _tokens(call: Call) -> tuple[int, int]:
    return len(json.dumps(call.messages)) // 4, 200
