"""Candidates: which pairs of records are worth a look. Everything not proposed here can never be joined.

Records meet under shared keys (identifiers, contacts, rare words, spellings of the whole name). A key that too many
share proposes nothing, so cost stays near linear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rapidfuzz import fuzz

from transforms.resolve.compare_names import Rarity
from transforms.resolve.record import Party
from transforms.resolve.sheet import Blocking

Keys = Callable[[Party], Iterable[str]]
Pair = tuple[int, int]
_PREFIX = 7


def candidate_pairs(parties: Sequence[Party], rarity: Rarity, settings: Blocking) -> list[Pair]:
    """Pairs (left < right) within `parties` that share an identifier, or a name key and some likeness; sorted."""
    sure, maybe = set[Pair](), set[Pair]()
    for keys_of, found in _kinds(rarity, settings, sure, maybe):
        for block in _index(parties, keys_of).values():
            if 1 < len(block) <= settings.biggest_block:
                found.update((left, right) for i, left in enumerate(block) for right in block[i + 1 :])
    return _likely(parties, parties, sure, maybe, settings)


def candidates_between(
    newcomers: Sequence[Party], parties: Sequence[Party], rarity: Rarity, settings: Blocking
) -> list[Pair]:
    """Pairs (number of the newcomer, number of the party) by the same keys; newcomers are not paired among them."""
    sure, maybe = set[Pair](), set[Pair]()
    for keys_of, found in _kinds(rarity, settings, sure, maybe):
        blocks = _index(parties, keys_of)
        for number, newcomer in enumerate(newcomers):
            for key in set(keys_of(newcomer)):
                block = blocks.get(key, ())
                if len(block) <= settings.biggest_block:
                    found.update((number, other) for other in block)
    return _likely(newcomers, parties, sure, maybe, settings)


def _kinds(rarity: Rarity, settings: Blocking, sure: set[Pair], maybe: set[Pair]) -> list[tuple[Keys, set[Pair]]]:
    return [(identifier_keys, sure), (lambda party: name_keys(party, rarity, settings), maybe)]


def _likely(
    lefts: Sequence[Party], rights: Sequence[Party], sure: set[Pair], maybe: set[Pair], settings: Blocking
) -> list[Pair]:
    likely = (
        (left, right)
        for left, right in maybe - sure
        if not _are_strangers(lefts[left], rights[right])
        and _likeness(lefts[left], rights[right]) >= settings.min_likeness
    )
    return sorted(sure.union(likely))


def _are_strangers(left: Party, right: Party) -> bool:
    """Two that sharing a name could never make one: other NIT beyond doubt, other country, other tax number."""
    if left.is_nit_sure and right.is_nit_sure:
        return left.nit.base != right.nit.base
    if left.country and right.country and left.country != right.country:
        return True
    return bool(left.tax_id and right.tax_id and left.country == right.country and left.tax_id != right.tax_id)


def identifier_keys(party: Party) -> Iterator[str]:
    """Keys under which two records meet whatever their names."""
    if party.nit.base:
        yield f"nit {party.nit.base}"
    if party.tax_id:
        yield f"tax {party.country or ''} {party.tax_id}"
    yield from (f"mail {email}" for email in party.emails)
    yield from (f"tel {phone}" for phone in party.phones)
    yield from (f"web {domain}" for domain in sorted(party.domains))
    if party.portal_id:
        yield f"portal {party.portal_id}"
    if party.source == "portal":
        yield f"portal {party.key}"


def name_keys(party: Party, rarity: Rarity, settings: Blocking) -> Iterator[str]:
    """Spellings of the names that survive word order, split words, endings and one misspelt word."""
    for name in party.names:
        if not name.tokens:
            continue
        yield f"name {name.joined}"
        yield f"begin {name.joined[:_PREFIX]}"
        yield f"words {' '.join(sorted(name.tokens))[:12]}"
        shared = [word for word in set(name.tokens) if rarity.counts.get(word, 0) > 1 and len(word) > 2]
        for word in sorted(shared, key=lambda one: (-rarity.weight(one), one))[: settings.rare_words]:
            yield f"word {word}"
        # The rarest word may be a misspelling, seen once: its beginning still meets the right spelling.
        rarest = max(name.tokens, key=lambda one: (rarity.weight(one), one))
        yield f"stem {rarest[:4]}"
        if party.city:
            yield from (f"{party.city} {word[:4]}" for word in name.tokens if word not in rarity.generic)


def _index(parties: Sequence[Party], keys_of: Keys) -> dict[str, list[int]]:
    blocks: dict[str, list[int]] = {}
    for number, party in enumerate(parties):
        for key in set(keys_of(party)):
            blocks.setdefault(key, []).append(number)
    return blocks


def _likeness(left: Party, right: Party) -> float:
    best = 0.0
    for ours in left.names:
        for theirs in right.names:
            joined = fuzz.ratio(ours.joined, theirs.joined)
            best = max(best, joined, fuzz.token_set_ratio(ours.core, theirs.core) - 10)
    return best
