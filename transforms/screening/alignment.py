"""Name against name, word by word: which words meet, which stand alone, and the score that follows.

Absence is not conflict: a second surname that one side does not give costs little, two different ones cost much.
The order of the words does not matter, nor which of the two names comes first.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from transforms.screening.rules import Costs
from transforms.screening.similarity import SAME, Likeness
from transforms.screening.tokens import ParsedName, joined_key

TELLING = 0.03  # a cap that takes less is not worth a sentence
Nats = Callable[[str], float]
Neighbours = Mapping[str, Mapping[str, Likeness]]


@dataclass(frozen=True)
class Meeting:
    """Words of the left name that met words of the right one."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    value: float
    reason: str
    nats: float


@dataclass(frozen=True)
class Alignment:
    """Result of comparing two names. Weights in nats."""

    score: float
    meetings: tuple[Meeting, ...]
    left_alone: tuple[str, ...]
    right_alone: tuple[str, ...]
    support: float
    is_capped: bool

    @property
    def is_complete(self) -> bool:
        """True when no word of either side is left over and every word is the same."""
        return not (self.left_alone or self.right_alone) and all(m.value == 1 for m in self.meetings)


@dataclass(frozen=True)
class AlignmentRules:
    """What the comparison of names needs from the sheet."""

    costs: Costs
    initial_nats: float


def align_names(
    left: ParsedName, right: ParsedName, neighbours: Neighbours, nats: Nats, rules: AlignmentRules
) -> Alignment:
    """Compare two parsed names.

    `neighbours` gives the likeness of left words to right words (words absent from it are alike only if equal).
    """
    left_words, right_words = list(left.words), list(right.words)
    meetings = _meet_alike(left_words, right_words, neighbours, nats)
    meetings += _meet_joined(left, right, left_words, right_words, nats, rules)
    initials = _meet_initials(left, right, left_words, right_words, rules.initial_nats)
    alone_left = sum(map(nats, left_words)) + initials.left_over * rules.initial_nats
    alone_right = sum(map(nats, right_words)) + initials.right_over * rules.initial_nats
    score, support, is_capped = score_weights(
        matched=sum(m.value * m.nats for m in meetings) + sum(m.nats for m in initials.meetings),
        misspelt=sum((1 - m.value) * m.nats for m in meetings),
        alone=(alone_left, alone_right),
        met=sum(max(len(m.left), len(m.right)) for m in meetings),
        conflicts=min(len(left_words) + initials.left_over, len(right_words) + initials.right_over),
        average=average_worth(left, right, nats, rules.initial_nats),
        costs=rules.costs,
    )
    return Alignment(
        score, tuple(meetings + initials.meetings), tuple(left_words), tuple(right_words), support, is_capped
    )


def average_worth(left: ParsedName, right: ParsedName, nats: Nats, initial_nats: float) -> float:
    """Return what a word of these two names is worth on average."""
    words = (*left.words, *right.words)
    letters = len(left.initials) + len(right.initials)
    return (sum(map(nats, words)) + letters * initial_nats) / max(len(words) + letters, 1)


def score_weights(
    *,
    matched: float,
    misspelt: float,
    alone: tuple[float, float],
    met: int,
    conflicts: int,
    average: float,
    costs: Costs,
) -> tuple[float, float, bool]:
    """Return (score, support, whether a lack of rarity held the score down).

    `alone` is the weight left over on either side, `met` how many words met, `conflicts` how many could stand
    against each other. A few common words inside a longer name say little however well they agree: a partial match
    may not score above what the rarity of its common words supports, nor one word alone above a cap of its own.
    """
    if matched <= 0:
        return 0.0, 0.0, False
    conflict = max(min(alone), costs.conflict_words * conflicts * average)
    loss = costs.spelling * misspelt + costs.conflict * conflict + costs.absent * abs(alone[0] - alone[1])
    score = matched / (matched + loss)
    lowest = costs.support_cap if any(alone) else costs.equal_cap
    highest = costs.one_word_cap if any(alone) and met < 2 else 1.0
    cap = min(highest, lowest + (1 - lowest) * matched / costs.support_full)
    return round(min(score, cap), 4), round(matched, 2), score - cap > TELLING


def _meet_alike(left: list[str], right: list[str], neighbours: Neighbours, nats: Nats) -> list[Meeting]:
    """Pair words by decreasing agreement; the lists lose the words that met."""
    offers: list[tuple[float, str, str, Likeness, float]] = []
    for a in set(left):
        near = neighbours.get(a, {})
        for b in set(right):
            likeness = SAME if a == b else near.get(b)
            if likeness is not None:
                # Two spellings of one word are as common as the more common of them: Caesar is as frequent as César.
                weight = min(nats(a), nats(b))
                offers.append((likeness.value * weight, a, b, likeness, weight))
    # Ties are broken by the words themselves, never by their place or side.
    offers.sort(key=lambda offer: (-offer[0], min(offer[1:3]), max(offer[1:3])))
    meetings = []
    for _, a, b, likeness, weight in offers:
        while a in left and b in right:
            left.remove(a)
            right.remove(b)
            meetings.append(Meeting((a,), (b,), likeness.value, likeness.reason, weight))
    return meetings


def _meet_joined(
    left: ParsedName,
    right: ParsedName,
    left_words: list[str],
    right_words: list[str],
    nats: Nats,
    rules: AlignmentRules,
) -> list[Meeting]:
    """Pair one long word with neighbouring words of the other side that spell it together."""
    value = rules.costs.word_similarity.joined
    meetings = [
        Meeting(members, (word,), value, "joined", weight)
        for members, word, weight in _joined_pairs(left, left_words, right_words, nats)
    ]
    return meetings + [
        Meeting((word,), members, value, "joined", weight)
        for members, word, weight in _joined_pairs(right, right_words, left_words, nats)
    ]


def _joined_pairs(
    split: ParsedName, split_words: list[str], whole_words: list[str], nats: Nats
) -> list[tuple[tuple[str, ...], str, float]]:
    if not (split_words and whole_words and split.joined):
        return []
    keys = dict(split.joined)
    found = []
    for word in sorted(whole_words):
        members = keys.get(joined_key(word), ())
        if members and not Counter(members) - Counter(split_words):
            whole_words.remove(word)
            for member in members:
                split_words.remove(member)
            found.append((members, word, min(sum(map(nats, members)), nats(word))))
    return found


@dataclass(frozen=True)
class _Initials:
    meetings: list[Meeting]
    left_over: int
    right_over: int


def _meet_initials(
    left: ParsedName, right: ParsedName, left_words: list[str], right_words: list[str], nats: float
) -> _Initials:
    """Let single letters stand for a word, or a letter, that begins with them."""
    rest_left, rest_right = list(left.initials), list(right.initials)
    meetings: list[Meeting] = []
    for letter in left.initials:
        if letter in rest_right:
            rest_left.remove(letter)
            rest_right.remove(letter)
            meetings.append(Meeting((letter,), (letter,), 1.0, "initial", nats))
    for letters, words, is_left in ((rest_left, right_words, True), (rest_right, left_words, False)):
        for letter in list(letters):
            word = next((word for word in sorted(words) if word.startswith(letter)), None)
            if word is not None:
                letters.remove(letter)
                words.remove(word)
                sides = ((letter,), (word,)) if is_left else ((word,), (letter,))
                meetings.append(Meeting(*sides, 1.0, "initial", nats))
    return _Initials(meetings, len(rest_left), len(rest_right))
