"""Subjects in, hits out: numbers before names, second evidence, one answer alone and in any batch."""

import random
from dataclasses import replace

import pytest

from transforms.screening.engine import best_pair, score_pair, screen
from transforms.screening.features import MAIN, QUALIFIERS
from transforms.screening.index import ListIndex
from transforms.screening.rarity import Rarity
from transforms.screening.records import Hit, ListEntry, ListName, Number, Subject
from transforms.screening.rules import ScreeningRules
from transforms.screening.tokens import parse_name

COMPANY = ListEntry(
    "L", "1", "company", (ListName("COMERCIALIZADORA ZALQUIR S.A.S.", "primary"),),
    (Number("nit", "981204377-1", "CO"),), ("CO",), (), False, "f1",
)  # fmt: skip
PERSON = ListEntry(
    "L", "2", "person", (ListName("VARGAS ZULETA, Evaristo Leonidas", "primary"), ListName("EL TUNO", "low")),
    (Number("cedula", "79123456", "CO"),), ("CO",), (1968,), True, "f2",
)  # fmt: skip


def hits(subject: Subject, entries: list[ListEntry], rules: ScreeningRules, rarity: Rarity) -> list[Hit]:
    return screen([subject], ListIndex(entries, rules, rarity))


def test_a_number_alone_is_exact_and_says_that_the_names_differ(rules: ScreeningRules, rarity: Rarity) -> None:
    subject = Subject("s", "company", ("Exportadora Valle Lucero SAS",), (Number("nit", "981204377", "CO"),), ("CO",))
    (hit,) = hits(subject, [COMPANY], rules, rarity)
    assert (hit.level, hit.score) == ("exact", 1.0)
    assert "mismo número, otro nombre" in hit.why_es


def test_a_number_of_another_country_is_nothing(rules: ScreeningRules, rarity: Rarity) -> None:
    subject = Subject("s", "company", ("Comercial Ixcanul S.A.",), (Number("tax", "981204377", "GT"),), ("GT",))
    assert hits(subject, [COMPANY], rules, rarity) == []


def test_a_number_without_country_is_no_proof(rules: ScreeningRules, rarity: Rarity) -> None:
    listed = replace(PERSON, numbers=(Number("passport", "AF123456", None),))
    subject = Subject("s", "person", ("Otro Nombre Cualquiera",), (Number("passport", "AF123456", "CO"),))
    (hit,) = hits(subject, [listed], rules, rarity)
    assert hit.level == "medium"


def test_a_name_is_never_exact_by_itself_and_is_with_the_year_of_birth(rules: ScreeningRules, rarity: Rarity) -> None:
    subject = Subject("s", "person", ("Evaristo Leonidas Vargas Zuleta",))
    (alone,) = hits(subject, [PERSON], rules, rarity)
    (with_year,) = hits(replace(subject, birth_years=(1969,)), [PERSON], rules, rarity)
    (other_year,) = hits(replace(subject, birth_years=(1991,)), [PERSON], rules, rarity)
    assert (alone.level, with_year.level) == ("high", "exact")
    assert alone.score < 1
    assert other_year.score < alone.score
    assert "por 23 años" in other_year.why_es


@pytest.mark.parametrize(
    ("change", "direction", "told"),
    [
        ({"countries": ("CO",)}, 1, "País igual: CO."),
        ({"countries": ("DE",)}, -1, "País distinto: DE / CO."),
        ({"numbers": (Number("cedula", "52111222", "CO"),)}, -1, "con otro número"),
    ],
)
def test_second_evidence_moves_the_score(
    rules: ScreeningRules, rarity: Rarity, change: dict[str, object], direction: int, told: str
) -> None:
    subject = Subject("s", "person", ("Evaristo Vargas",))
    (before,) = hits(subject, [replace(PERSON, countries=(), numbers=())], rules, rarity)
    (after,) = hits(replace(subject, **change), [PERSON], rules, rarity)  # type: ignore[arg-type]
    assert (after.score - before.score) * direction > 0
    assert told in after.why_es


def test_another_number_never_clears_a_person(rules: ScreeningRules, rarity: Rarity) -> None:
    subject = Subject(
        "s", "person", ("Evaristo Leonidas Vargas Zuleta",), (Number("cedula", "52111222", "CO"),), ("CO",)
    )
    (hit,) = hits(subject, [PERSON], rules, rarity)
    assert hit.level in ("high", "medium")


def test_a_weak_alias_counts_less(rules: ScreeningRules, rarity: Rarity) -> None:
    strong = replace(PERSON, names=(ListName("EL TUNO ZALDUMBAR", "aka"),))
    weak = replace(PERSON, names=(ListName("EL TUNO ZALDUMBAR", "low"),))
    subject = Subject("s", "person", ("El Tuno Zaldumbar",))
    assert hits(subject, [weak], rules, rarity)[0].score < hits(subject, [strong], rules, rarity)[0].score


def test_a_company_may_bear_a_listed_persons_name_and_a_person_no_companys(
    rules: ScreeningRules, rarity: Rarity
) -> None:
    company = Subject("c", "company", ("Evaristo Leonidas Vargas Zuleta E.U.",))
    (hit,) = hits(company, [PERSON], rules, rarity)
    assert "la lista registra a una persona" in hit.why_es
    assert hits(Subject("p", "person", ("Comercializadora Zalquir",)), [COMPANY], rules, rarity) == []


def test_vessels_are_met_by_number_only(rules: ScreeningRules, rarity: Rarity) -> None:
    ship = ListEntry(
        "L", "3", "vessel", (ListName("ZALQUIR STAR", "primary"),), (Number("other", "IMO 9187629", None),)
    )
    assert hits(Subject("s", "company", ("Zalquir Star SAS",)), [ship], rules, rarity) == []
    owner = Subject("s", "company", ("Naviera",), (Number("other", "IMO 9187629", None),))
    assert [hit.entry_id for hit in hits(owner, [ship], rules, rarity)] == ["3"]


def test_the_best_of_several_names_is_told(rules: ScreeningRules, rarity: Rarity) -> None:
    subject = Subject("s", "company", ("Inversiones Páramo Azul SAS", "Zalquir"))
    (hit,) = hits(subject, [COMPANY], rules, rarity)
    assert (hit.subject_name, hit.matched_name) == ("Zalquir", "COMERCIALIZADORA ZALQUIR S.A.S.")


def test_every_feature_has_a_sentence_for_the_officer() -> None:
    features = (*MAIN, *QUALIFIERS)
    assert len(features) >= 7
    for feature in features:
        sentence = (feature.__doc__ or "").strip()
        assert sentence.endswith("."), feature.__name__
        assert "\n" not in sentence, f"{feature.__name__}: one sentence"
        assert sentence.startswith(("El ", "Las ", "Ambos ")), f"{feature.__name__}: in Spanish"


# --- retrieval


def listed_people(rules: ScreeningRules, size: int) -> list[ListEntry]:
    """Invented entries made of a small stock of names, so that many resemble one another."""
    chance = random.Random(11)
    given = ["Evaristo", "Leonidas", "Francisco", "Marta", "Lucia", "Jhon", "Mohammed", "Hussein", "Rosa", "Elvira"]
    stock = ["Vargas", "Zuleta", "Bastiardo", "Quemba", "Cifuentes", "Nustes", "Ricomar", "Gomez", "Rodriguez",
             "Karzai", "De la Cruz", "Al Tamimi", "Abdul Rahman"]  # fmt: skip
    entries = []
    for number in range(size):
        name = " ".join(
            [*chance.choices(given, k=chance.randint(1, 2)), *chance.choices(stock, k=chance.randint(1, 2))]
        )
        entries.append(ListEntry("L", str(number), "person", (ListName(name, "primary"),)))
    return entries


def spoiled(name: str, chance: random.Random) -> str:
    """A name as a client may write it: misspelt, shortened, joined, with an initial."""
    words = name.split()
    place = chance.randrange(len(words))
    how = chance.choice(["typo", "drop", "initial", "join", "phonetic", "same"])
    if how == "typo" and len(words[place]) > 4:
        cut = chance.randrange(1, len(words[place]) - 1)
        words[place] = words[place][:cut] + words[place][cut + 1 :]
    elif how == "drop" and len(words) > 2:
        del words[place]
    elif how == "initial":
        words[place] = words[place][0] + "."
    elif how == "join" and place:
        words[place - 1 : place + 1] = ["".join(words[place - 1 : place + 1])]
    elif how == "phonetic":
        words = [word.replace("v", "b").replace("z", "s") for word in words]
    return " ".join(words)


def test_nothing_the_scorer_accepts_is_left_out_of_the_comparison(rules: ScreeningRules, rarity: Rarity) -> None:
    chance = random.Random(5)
    entries = listed_people(rules, 400)
    index = ListIndex(entries, rules, rarity)
    names = index.names("person").names
    found_all = 0
    for entry in chance.sample(entries, 40):
        name = spoiled(entry.names[0].text, chance)
        subject = Subject("s", "person", (name,))
        parsed = [parse_name(name, "person", rules.word_sets)]
        everything = {
            listed.entry.entry_id
            for listed in names
            if (pair := best_pair(parsed, [listed], index)) and score_pair(subject, listed.entry, pair, rules)
        }
        assert {hit.entry_id for hit in screen([subject], index)} == everything, name
        found_all += len(everything)
    assert found_all > 100, "the sample holds many findings"


def test_one_name_gets_the_same_answer_alone_and_in_any_batch(rules: ScreeningRules, rarity: Rarity) -> None:
    chance = random.Random(6)
    entries = listed_people(rules, 300)
    subjects = [
        Subject(f"s{n}", "person", (spoiled(entry.names[0].text, chance),)) for n, entry in enumerate(entries[:80])
    ]
    together = screen(subjects, ListIndex(entries, rules, rarity))
    halves = [
        *screen(subjects[50:], ListIndex(entries, rules, rarity)),
        *screen(subjects[:50], ListIndex(entries, rules, rarity)),
    ]
    alone = [hit for subject in subjects[:15] for hit in screen([subject], ListIndex(entries, rules, rarity))]
    assert sorted(halves, key=str) == sorted(together, key=str)
    first = {subject.subject_id for subject in subjects[:15]}
    assert sorted(alone, key=str) == sorted((hit for hit in together if hit.subject_id in first), key=str)
    assert len(together) > 80


def test_changed_entries_alone_give_what_the_whole_list_gives_for_them(rules: ScreeningRules, rarity: Rarity) -> None:
    entries = listed_people(rules, 300)
    subjects = [Subject(f"s{n}", "person", (entry.names[0].text,)) for n, entry in enumerate(entries[::10])]
    changed = {entry.key for entry in entries[:20]}
    whole = [
        hit for hit in screen(subjects, ListIndex(entries, rules, rarity)) if (hit.list_code, hit.entry_id) in changed
    ]
    part = screen(subjects, ListIndex([entry for entry in entries if entry.key in changed], rules, rarity))
    assert part == whole
    assert part
