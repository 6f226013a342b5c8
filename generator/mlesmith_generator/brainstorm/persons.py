"""What somebody is: sex, race, religion or nationality of people, which nobody has to guess.

The sex of an animal, and the colour of a wine that is called `white`, are questions: a table is of
people where other columns say what only people have.
"""

from __future__ import annotations

from collections.abc import Sequence

from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile

_TRAITS = frozenset(
    "sex gender race ethnicity ethnic ethn raceethnicity religion nationality citizenship "
    "geschlecht ethnie religionszugehörigkeit nationalität staatsangehörigkeit "
    "sexe genre nationalité religión sexo género genero raza etnia nacionalidad "
    "sesso genere razza religione nazionalità raça religião nacionalidade "
    "geslacht religie nationaliteit пол религия национальность гражданство "
    "性别 性別 种族 民族 宗教 国籍 人種".split()
)
"""Words for what is asked of people in forms, as the last of a name."""
_GROUPS = frozenset(
    "black white hispanic hispan hisp latino latina latinx asian caucasian nonwhite nonblack afam "
    "african arab jewish jew muslim moslem christian catholic protestant hindu buddhist minority "
    "male female man woman men women fem boy girl foreign foreigner native "
    "männlich weiblich maennlich mann frau homme femme masculin féminin hombre mujer masculino "
    "femenino varón maschio femmina uomo donna homem mulher feminino man vrouw "
    "мужчина женщина 男 女 男性 女性".split()
)
"""Names of flags that say to which group somebody belongs."""
SEXES = (
    frozenset({"m", "f"}), frozenset({"male", "female"}), frozenset({"man", "woman"}),
    frozenset({"men", "women"}), frozenset({"boy", "girl"}), frozenset({"homme", "femme"}),
    frozenset({"hombre", "mujer"}), frozenset({"mann", "frau"}), frozenset({"uomo", "donna"}),
    frozenset({"w", "m"}), frozenset({"h", "m"}), frozenset({"masculino", "femenino"}),
    frozenset({"männlich", "weiblich"}), frozenset({"homem", "mulher"}),
)  # fmt: skip
"""Levels of a column that tells men from women."""
_MOST = 30
"""Levels that such a column has at most."""
_HUMAN = frozenset(
    "person people gender race ethnicity ethnic religion nationality citizen citizenship hispanic "
    "hispan hisp marital married marr marry spouse husband wife divorced widowed income wage "
    "wages salary earnings earn lwage pay education educ edu schooling school college student "
    "students degree university gpa hsgpa colgpa sat act occupation occ job profession employed "
    "employment unemployed unemp worker union welfare insurance insured smoker smokes smoking "
    "alcohol drinks drugs felon crime arrests convicted priors prison inmate offense politics "
    "party vote voter kids children child nkids family household mother father motheduc fatheduc "
    "firstname lastname surname surnames runner runners patient patients respondent customer "
    "state country city zip employee passenger survived candidate actor director "
    "familienstand einkommen gehalt lohn bildung beruf kinder raucher "
    "marié revenu salaire éducation profession enfants fumeur casado ingreso salario educación "
    "ocupación hijos sposato reddito stipendio istruzione occupazione figli fumatore casado renda "
    "educação filhos gehuwd inkomen opleiding beroep kinderen образование доход профессия дети "
    "收入 教育 职业 婚姻 学历".split()
)
"""Words for what people alone have, and for those of whom it is known."""
_STEMS = ("educ", "wage", "marri", "employ", "salar", "income", "occup", "school", "hispan")
"""Beginnings or ends of names in one piece (`lwage`, `yrsmarried`) that say the same."""


def is_what_somebody_is(column: ColumnProfile, names: Sequence[str], subject: str) -> bool:
    """Return whether a column says to which sex, people or church those in the rows belong.

    Args:
        column: The column.
        names: Names of the columns of its table.
        subject: What the dataset is called.
    """
    if column.distinct > _MOST or not (_is_trait(column) or _is_group(column)):
        return False
    others = [name for name in names if name != column.name]
    return _is_of_people([column.name, subject, *others], column)


def _is_trait(column: ColumnProfile) -> bool:
    parts = [part for part in words(column.name) if not part.isdigit()]
    named = bool(parts) and parts[-1] in _TRAITS
    levels = frozenset(value.strip().casefold() for value, _ in column.top)
    return named or levels in SEXES


def _is_group(column: ColumnProfile) -> bool:
    parts = [part for part in words(column.name) if part not in ("is", "non", "dummy", "flag")]
    return column.distinct == 2 and bool(parts) and {*parts} <= _GROUPS


def _is_of_people(names: list[str], column: ColumnProfile) -> bool:
    told = [
        part
        for name in names
        for part in words(name)
        if name != column.name or part not in ("race", "ethnic")
    ]
    if _HUMAN & {*told}:
        return True
    return any(part.startswith(_STEMS) or part.endswith(_STEMS) for part in told)
