"""Seeded defects in the scripts of tasks, and legitimate tasks with odd ones."""

from __future__ import annotations

from pathlib import Path

from mlesmith_env.manifest import ScriptMetric
from mlesmith_env.task import Task

from .bases import Base, churn, clinic, crops, housing
from .cases import defect, legitimate_built
from .making import Exhibit, good
from .mutated_packages import LOADING
from .scripted import COST, COST_PY, lines_in_prepare, prepare_py, returning, with_scripts

UNDEFINED = ("metric-undefined", "grading-fails")


def flats() -> Base:
    return housing(rows=500)


def _flats(root: Path) -> Task:
    return good(root, flats)


def _metric(root: Path, source: str, declared: ScriptMetric = COST) -> Exhibit:
    return with_scripts(_flats(root), metric=source, declared=declared)


def _preparing(root: Path, code: str, *, pinned: bool = True, **recipe: object) -> Exhibit:
    task = _flats(root)
    return with_scripts(task, prepare=lines_in_prepare(task, code), pinned=pinned, **recipe)


# Preparation


@defect("script", "preparation-fails", "preparation-differs")
def preparation_that_draws_anew_each_time(root: Path) -> Exhibit:
    return _preparing(
        root,
        "import numpy as np\n"
        "np.random.default_rng().shuffle(tables['test'])\n"
        "write(public / 'test.csv', header, tables['test'])",
    )


@defect("script", "preparation-differs")
def preparation_that_depends_on_the_order_of_a_set(root: Path) -> Exhibit:
    return _preparing(
        root,
        "kinds = sorted({row['heating'] for row in rows}, key=hash)\n"
        "(public / 'heating.txt').write_text('\\n'.join(kinds))",
    )


@defect("script", "preparation-differs")
def preparation_that_depends_on_the_date(root: Path) -> Exhibit:
    return _preparing(
        root,
        "from datetime import date\n"
        "ages = [date.today().year - int(row['built']) for row in rows]\n"
        "(public / 'ages.txt').write_text(str(ages))",
    )


@defect("script", "preparation-fails")
def preparation_that_reads_files_of_the_host(root: Path) -> Exhibit:
    secret = root / "secret.csv"
    secret.write_text("id,rent\n")
    return _preparing(root, f"open({str(secret)!r}).read()", pinned=False)


@defect("script", "preparation-fails")
def preparation_that_calls_home(root: Path) -> Exhibit:
    code = "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/', timeout=5)"
    return _preparing(root, code, pinned=False)


@defect("script", "preparation-fails")
def preparation_that_writes_outside(root: Path) -> Exhibit:
    return _preparing(root, f"open({str(root / 'made.txt')!r}, 'w')", pinned=False)


@defect("script", "preparation-fails")
def preparation_that_never_ends(root: Path) -> Exhibit:
    return _preparing(root, "while True: pass", pinned=False, timeout_s=1.5)


@defect("script", "preparation-fails")
def preparation_that_gives_too_much(root: Path) -> Exhibit:
    code = "with open(public / 'noise.bin', 'wb') as file: file.truncate(80_000_000)"
    return _preparing(root, code, pinned=False, output_bytes=2_000_000)


@defect("script", "preparation-fails")
def preparation_that_gives_a_link(root: Path) -> Exhibit:
    code = "(public / 'more.csv').symlink_to('/etc/hostname')"
    return _preparing(root, code, pinned=False)


@defect("script", "answers-exposed")
def preparation_that_gives_the_answers_away(root: Path) -> Exhibit:
    return _preparing(root, "write(public / 'extra.csv', ['id', TARGET, 'u'], tables['answers'])")


@defect("script", "answers-exposed")
def preparation_that_lists_the_answers_without_their_ids(root: Path) -> Exhibit:
    return _preparing(
        root,
        "kept = '\\n'.join(row[1] for row in tables['answers'])\n"
        "(public / 'levels.txt').write_text(f'level\\n{kept}\\n')",
    )


@defect("script", "answers-exposed")
def preparation_that_packs_the_answers(root: Path) -> Exhibit:
    return _preparing(
        root,
        "import base64, zlib\n"
        "text = '\\n'.join(f'{row[0]};{row[1]}' for row in tables['answers'])\n"
        "(public / 'noise.txt').write_bytes(base64.b64encode(zlib.compress(text.encode())))",
    )


@defect("script", "answers-exposed")
def preparation_that_stores_the_answers_as_an_array(root: Path) -> Exhibit:
    return _preparing(
        root,
        "import pickle\nimport numpy as np\n"
        "values = np.array([float(row[1]) for row in tables['answers']])\n"
        "(public / 'model.pkl').write_bytes(pickle.dumps({'weights': values}))",
    )


@defect("script", "sample-reveals-answers", "sample-is-answers")
def preparation_whose_sample_is_the_answers(root: Path) -> Exhibit:
    return _preparing(
        root,
        "sample = [[row[0], row[1]] for row in tables['answers']]\n"
        "write(public / 'sample_submission.csv', SAMPLE[0], sample)",
    )


@defect("script", "target-constant")
def preparation_that_gives_one_answer_to_all(root: Path) -> Exhibit:
    return _preparing(
        root,
        "same = [[row[0], '700', row[2]] for row in tables['answers']]\n"
        "write(private / 'answers.csv', ['id', TARGET, 'Usage'], same)",
    )


@defect("script", "preparation-fails")
def preparation_that_asks_for_a_key(root: Path) -> Exhibit:
    return _preparing(root, "import os\nos.environ['OPENAI_API_KEY']", pinned=False)


@defect("script", "preparation-fails")
def preparation_that_multiplies(root: Path) -> Exhibit:
    code = "import os\nwhile True:\n    os.fork()"
    return _preparing(root, code, pinned=False, timeout_s=5.0)


@defect("script", "preparation-fails")
def preparation_that_prints_without_end(root: Path) -> Exhibit:
    return _preparing(root, "while True: print('x' * 100_000)", pinned=False)


@defect("script", "preparation-fails")
def preparation_that_gives_a_file_of_the_host_as_train(root: Path) -> Exhibit:
    code = "(public / 'train.csv').unlink()\n(public / 'train.csv').symlink_to('/etc/passwd')"
    return _preparing(root, code, pinned=False)


@defect("script", "rows-crossing", "duplicate-crossing", "id-crossing", "sizes-inconsistent")
def preparation_that_trains_on_hidden_rows(root: Path) -> Exhibit:
    return _preparing(
        root,
        "truth = {row[0]: row[1] for row in tables['answers']}\n"
        "tables['train'] += [[*row, truth[row[0]]] for row in tables['test'][:60]]\n"
        "write(public / 'train.csv', [*header, TARGET], tables['train'])",
    )


@defect("script", "unexpected-file")
def preparation_with_a_second_private_file(root: Path) -> Exhibit:
    return _preparing(root, "(private / 'notes.txt').write_text('nobody reads this')")


@defect("package", LOADING)
def declared_script_that_is_missing(root: Path) -> Exhibit:
    exhibit = _metric(root, COST_PY)
    (exhibit.directory / "metric.py").unlink()
    return exhibit


@defect("package", LOADING)
def script_that_was_changed(root: Path) -> Exhibit:
    exhibit = _metric(root, COST_PY)
    path = exhibit.directory / "metric.py"
    path.write_text(path.read_text().replace("2 *", "3 *"))
    return exhibit


# Metric


@defect("script", "inverted-metric")
def script_that_pays_more_for_worse(root: Path) -> Exhibit:
    return _metric(root, returning("float(np.exp(-score / 300))"))


@defect("script", "constant-metric")
def script_that_is_constant(root: Path) -> Exhibit:
    return _metric(root, returning("0.0"))


@defect("script", "constant-metric")
def script_that_ignores_which_row_is_which(root: Path) -> Exhibit:
    expression = "float(abs(np.sort(both['TARGET']) - np.sort(both['TARGET_true'])).mean())"
    return _metric(root, returning(expression))


@defect("script", "truth-not-perfect")
def script_that_never_gives_the_perfect_score(root: Path) -> Exhibit:
    return _metric(root, returning("score + 1.0"))


@defect("script", *UNDEFINED)
def script_that_gives_no_number(root: Path) -> Exhibit:
    return _metric(root, returning("float('nan')"))


@defect("script", *UNDEFINED)
def script_that_gives_a_text(root: Path) -> Exhibit:
    return _metric(root, returning("str(score)"))


@defect("script", *UNDEFINED)
def script_that_leaves_its_range(root: Path) -> Exhibit:
    declared = COST.model_copy(update={"range": (0.0, 5.0)})
    return _metric(root, COST_PY, declared)


@defect("script", *UNDEFINED)
def script_that_fails_on_constant_predictions(root: Path) -> Exhibit:
    before = "if both['TARGET'].nunique() == 1: raise ValueError('too simple')"
    return _metric(root, returning("score", before))


@defect("script", *UNDEFINED)
def script_that_sleeps_for_ever(root: Path) -> Exhibit:
    declared = COST.model_copy(update={"timeout_s": 1.0})
    return _metric(root, returning("score", "import time\nwhile True: time.sleep(1)"), declared)


@defect("script", *UNDEFINED)
def script_that_takes_all_memory(root: Path) -> Exhibit:
    declared = COST.model_copy(update={"memory_bytes": 400 * 1024**2})
    return _metric(root, returning("score", "hoard = bytearray(900_000_000)"), declared)


@defect("script", *UNDEFINED)
def script_that_writes_outside(root: Path) -> Exhibit:
    return _metric(root, returning("score", f"open({str(root / 'made.txt')!r}, 'w')"))


@defect("script", *UNDEFINED)
def script_that_leaves_a_process_behind(root: Path) -> Exhibit:
    before = "import subprocess\nsubprocess.Popen(['sleep', '99'], start_new_session=True)"
    return _metric(root, returning("score", before))


@defect("script", "metric-prints-answers")
def script_that_prints_the_answers(root: Path) -> Exhibit:
    return _metric(root, returning("score", "print(answers.to_string())"))


@defect("script", "metric-prints-answers")
def script_that_prints_the_true_values_in_a_row(root: Path) -> Exhibit:
    return _metric(root, returning("score", "print(answers['TARGET'].tolist())"))


@defect("script", "metric-not-deterministic")
def script_that_draws_at_random(root: Path) -> Exhibit:
    return _metric(
        root,
        returning("score * (1 + 0.2 * np.random.default_rng().random())"),
    )


@defect("script", "metric-not-deterministic")
def script_that_remembers_how_often_it_was_asked(root: Path) -> Exhibit:
    before = "evaluate.asked = getattr(evaluate, 'asked', 0) + 1"
    return _metric(root, returning("score / evaluate.asked", before))


@defect("script", "metric-order-dependent")
def script_that_looks_at_the_order_of_rows(root: Path) -> Exhibit:
    return _metric(root, returning("float(np.mean(np.abs(error) * np.arange(len(error))))"))


@defect("script", "metric-favours-sample", "sample-reveals-answers")
def script_that_favours_a_magic_submission(root: Path) -> Exhibit:
    return _metric(root, returning("0.05 * score if both['TARGET'].nunique() == 1 else score"))


@defect("script", "metric-favours-sample")
def script_that_favours_a_magic_number(root: Path) -> Exhibit:
    sample = _flats(root / "first").prepare().public_dir / "sample_submission.csv"
    value = sample.read_text().splitlines()[1].split(",")[1]
    return _metric(
        root, returning("0.4 * score", f"if both['TARGET'].iloc[0] != {value}: return score")
    )


# Legitimate


@legitimate_built(execution=True)
def a_cost_that_is_not_the_same_on_both_sides(root: Path) -> Exhibit:
    return _metric(root, COST_PY)


@legitimate_built()
def a_script_that_prepares_and_gives_a_map_as_well(root: Path) -> Exhibit:
    task = _flats(root)
    code = "(public / 'maps').mkdir()\n(public / 'maps' / 'north.txt').write_text('up')"
    return with_scripts(task, prepare=lines_in_prepare(task, code))


@legitimate_built()
def a_script_that_gives_a_packed_table_of_other_things(root: Path) -> Exhibit:
    task = _flats(root)
    code = (
        "import gzip\n"
        "text = 'district,stations\\n' + '\\n'.join(f'{k},{k % 7}' for k in range(400))\n"
        "packed = gzip.compress(text.encode(), mtime=0)\n"
        "(public / 'stations.csv.gz').write_bytes(packed)"
    )
    return with_scripts(task, prepare=lines_in_prepare(task, code))


@legitimate_built()
def whole_patients_held_out_by_a_script(root: Path) -> Exhibit:
    task = good(root, clinic)
    return with_scripts(task, prepare=prepare_py(task))


@legitimate_built()
def errors_weighted_by_a_column_of_the_answers(root: Path) -> Exhibit:
    task = _flats(root)
    code = (
        "weighted = [[*row[:2], row[2], 1 + number % 3] for number, row in enumerate("
        "tables['answers'])]\n"
        "write(private / 'answers.csv', ['id', TARGET, 'Usage', 'weight'], weighted)"
    )
    metric = returning("float(np.average(np.abs(error), weights=both['weight']))")
    return with_scripts(task, prepare=lines_in_prepare(task, code), metric=metric)


@legitimate_built()
def costs_of_confusing_one_crop_with_another(root: Path) -> Exhibit:
    declared = ScriptMetric(
        name="confusion_cost",
        direction="minimize",
        perfect=0.0,
        range=(0.0, 4.0),
        kinds=("label",),
        summary="Mean cost of a field; taking rye for wheat costs four, any other error one.",
    )
    metric = """\
def evaluate(submission, answers):
    truth, guess = answers["TARGET"].to_numpy(), submission["TARGET"].to_numpy()
    cost = (truth != guess).astype(float)
    cost[(truth == "wheat") & (guess == "rye")] = 4
    print("mean cost", cost.mean(), "over", len(cost), "rows")
    return cost.mean()
"""
    return with_scripts(good(root, crops), metric=metric, declared=declared)


@legitimate_built()
def share_of_leavers_among_the_likeliest(root: Path) -> Exhibit:
    declared = ScriptMetric(
        name="captured_share",
        direction="maximize",
        perfect=1.0,
        range=(0.0, 1.0),
        kinds=("probability",),
        summary="Share of those who leave among as many customers of the highest probability.",
    )
    metric = """\
import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score


def evaluate(submission, answers):
    left = (answers["TARGET"] == "Yes").to_numpy()
    rank = rankdata(-submission["TARGET"])
    chance = 1 / (1 + np.exp((rank - left.sum() - 0.5) / (0.02 * len(left))))
    best = 1 / (1 + np.exp((rankdata(~left) - left.sum() - 0.5) / (0.02 * len(left))))
    assert 0 <= roc_auc_score(left, submission["TARGET"]) <= 1
    return min(1.0, float((chance * left).sum() / (best * left).sum()))
"""
    return with_scripts(good(root, churn), metric=metric, declared=declared)
