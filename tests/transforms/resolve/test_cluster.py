"""Clustering against a plain reference on random graphs: same groups, same refusals, whatever the order of input."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.resolve.cluster import Facets, Link, cluster_links

SIZE = 9
NODES = st.integers(0, SIZE - 1)
LINKS = st.lists(st.builds(Link, NODES, NODES, st.sampled_from([0.9, 0.92, 0.95, 0.99])), max_size=25)
FACETS = st.lists(
    st.dictionaries(st.sampled_from(["nit", "country"]), st.sampled_from(["a", "b"]), max_size=2),
    min_size=SIZE,
    max_size=SIZE,
)
PAIRS = st.lists(st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1]), max_size=3)


def reference(
    links: Sequence[Link],
    facets: Sequence[Facets],
    together: Sequence[tuple[int, int]],
    apart: Sequence[tuple[int, int]],
) -> tuple[int, ...]:
    """The same rule the slow way: labels in a list, every check by looking at all members."""
    label = list(range(SIZE))

    def join(left: int, right: int, *, decided: bool) -> None:
        ours = [node for node in range(SIZE) if label[node] == label[left]]
        theirs = [node for node in range(SIZE) if label[node] == label[right]]
        if label[left] == label[right]:
            return
        if any((a in ours and b in theirs) or (b in ours and a in theirs) for a, b in apart):
            return
        for name in ("nit", "country"):
            mine = {facets[node][name] for node in ours if name in facets[node]}
            other = {facets[node][name] for node in theirs if name in facets[node]}
            if mine and other and not mine & other and not decided:
                return
        keep = min(label[left], label[right])
        for node in (*ours, *theirs):
            label[node] = keep

    for left, right in sorted(tuple(sorted(pair)) for pair in together):
        join(left, right, decided=True)
    for link in sorted(links, key=lambda one: (-one.strength, min(one.left, one.right), max(one.left, one.right))):
        join(link.left, link.right, decided=False)
    return tuple(min(node for node in range(SIZE) if label[node] == label[one]) for one in range(SIZE))


@given(LINKS, FACETS, PAIRS, PAIRS)
def test_groups_are_those_of_the_reference(
    links: list[Link], facets: list[dict[str, str]], together: list[tuple[int, int]], apart: list[tuple[int, int]]
) -> None:
    found = cluster_links(SIZE, links, facets, together=together, apart=apart)
    assert found.group_of == reference(links, facets, together, apart)


@given(LINKS, FACETS, st.randoms(use_true_random=False))
def test_the_order_of_links_is_of_no_matter(
    links: list[Link], facets: list[dict[str, str]], rng: random.Random
) -> None:
    shuffled = list(links)
    rng.shuffle(shuffled)
    assert cluster_links(SIZE, links, facets).group_of == cluster_links(SIZE, shuffled, facets).group_of


@given(LINKS, FACETS)
def test_no_group_ever_holds_two_values_of_a_facet(links: list[Link], facets: list[dict[str, str]]) -> None:
    for members in cluster_links(SIZE, links, facets).members().values():
        for name in ("nit", "country"):
            assert len({facets[node][name] for node in members if name in facets[node]}) <= 1


@given(LINKS)
def test_without_facets_groups_are_connected_components(links: list[Link]) -> None:
    found = cluster_links(SIZE, links, [{}] * SIZE)
    assert found.refused == ()
    for link in links:
        assert found.group_of[link.left] == found.group_of[link.right]


def test_the_strongest_link_decides_which_side_an_undecided_record_goes_to() -> None:
    """A and C are sure to differ; B resembles both: it goes with the one it resembles most, and the other is told."""
    weak, strong = Link(0, 1, 0.91), Link(1, 2, 0.95)
    found = cluster_links(3, [weak, strong], [{"nit": "1"}, {}, {"nit": "2"}])
    assert found.group_of == (0, 1, 1)
    assert found.refused == (weak,)


@pytest.mark.parametrize(("together", "apart", "expected"), [([(0, 1)], [], (0, 0)), ([(0, 1)], [(0, 1)], (0, 1))])
def test_a_persons_verdict_needs_no_facet_but_apart_is_stronger_than_together(
    together: list[tuple[int, int]], apart: list[tuple[int, int]], expected: tuple[int, int]
) -> None:
    found = cluster_links(2, [], [{"nit": "1"}, {"nit": "2"}], together=together, apart=apart)
    assert found.group_of == expected
