"""What can be observed about a pair of records, computed once and read by all rules. No judgement here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from transforms.clean.email import is_free_mail
from transforms.resolve.compare_names import NameComparison, Rarity, compare_best
from transforms.resolve.record import Party
from transforms.resolve.sheet import IdentitySheet

_SAME_ADDRESS = 88.0


@dataclass(frozen=True)
class Population:
    """What is known of all records together: rare words, names borne by several NITs, contacts shared by many."""

    rarity: Rarity
    places: frozenset[str]
    common_names: frozenset[str]
    shared_contacts: frozenset[str]

    @classmethod
    def of(
        cls, parties: Sequence[Party], register: Iterable[Party], sheet: IdentitySheet, places: frozenset[str]
    ) -> Population:
        """Look over `parties` and the rows of the commercial register that may concern them."""
        everybody = [*parties, *register]
        first_names = [party.names[0] for party in everybody if party.names]
        nits_of_name: dict[str, set[str]] = {}
        names_of_contact: dict[str, set[str]] = {}
        for party in everybody:
            if party.names and party.nit.base and party.is_nit_sure:
                nits_of_name.setdefault(party.names[0].joined, set()).add(party.nit.base)
            for contact in (*party.emails, *party.phones, *party.domains):
                names_of_contact.setdefault(contact, set()).add(party.names[0].joined if party.names else "")
        return cls(
            Rarity.count(first_names, sheet.generic_words, sheet.generic_weight),
            places | sheet.place_words,
            frozenset(name for name, nits in nits_of_name.items() if len(nits) > 1),
            frozenset(
                contact for contact, names in names_of_contact.items() if len(names) > sheet.most_names_per_contact
            ),
        )


@dataclass(frozen=True)
class PairFacts:
    """Two records side by side. Truth values are None when either side says nothing: absence is no conflict."""

    left: Party
    right: Party
    population: Population

    @cached_property
    def name(self) -> NameComparison:
        """How alike their names are."""
        return compare_best(self.left.names, self.right.names, self.population.rarity)

    @cached_property
    def nit_edits(self) -> int | None:
        """Edits between the two NITs (2 means two or more); None when one is missing or known to be another firm's."""
        ours, theirs = self.left.nit.base, self.right.nit.base
        if ours is None or theirs is None or self.left.is_nit_disputed or self.right.is_nit_disputed:
            return None
        return int(OSA.distance(ours, theirs, score_cutoff=1))

    @property
    def has_same_nit(self) -> bool:
        """Equal NIT as written, even when one of them is disputed."""
        return self.left.nit.base is not None and self.left.nit.base == self.right.nit.base

    @property
    def has_two_sure_nits(self) -> bool:
        """Both NITs are beyond doubt, and different: never one customer."""
        return self.left.is_nit_sure and self.right.is_nit_sure and self.nit_edits not in (0, None)

    @property
    def has_nit_conflict(self) -> bool:
        """Two readable NITs too far apart for a slip of the finger, or two that are beyond doubt."""
        return self.nit_edits == 2 or self.has_two_sure_nits

    @property
    def same_country(self) -> bool | None:
        """Whether both are of the same country."""
        return _same(self.left.country, self.right.country)

    @property
    def same_city(self) -> bool | None:
        """Whether both are of the same municipality."""
        return _same(self.left.city, self.right.city)

    @property
    def same_department(self) -> bool | None:
        """Whether both are of the same department."""
        return _same(self.left.department, self.right.department)

    @property
    def same_tax_id(self) -> bool | None:
        """Whether both have the same foreign tax number, in the same country."""
        return _same(self.left.tax_id, self.right.tax_id) if self.same_country else None

    @cached_property
    def domain(self) -> str | None:
        """A domain of their own that both use, not shared by many firms."""
        return self._shared(self.left.domains, self.right.domains)

    @cached_property
    def email(self) -> str | None:
        """A mail address both use."""
        return self._shared(self.left.emails, self.right.emails)

    @property
    def is_email_free(self) -> bool:
        """The shared address is with a free provider."""
        return self.email is not None and is_free_mail(self.email.rpartition("@")[2])

    @cached_property
    def phone(self) -> str | None:
        """A telephone both use, not shared by many firms."""
        return self._shared(self.left.phones, self.right.phones)

    @property
    def domain_differs(self) -> bool:
        """Both have domains of their own, none in common."""
        return bool(self.left.domains and self.right.domains) and self.left.domains.isdisjoint(self.right.domains)

    @cached_property
    def has_same_address(self) -> bool:
        """The street addresses read alike."""
        ours, theirs = self.left.address, self.right.address
        return ours is not None and theirs is not None and fuzz.ratio(ours, theirs) >= _SAME_ADDRESS

    @property
    def forms_differ(self) -> bool:
        """Both say their legal form, and it is another one. A S.A. that became a S.A.S. is usual and no difference."""
        forms = {name.legal_form for party in (self.left, self.right) for name in party.names[:1]} - {None}
        return len(forms) > 1 and forms != {"sa", "sas"}

    @property
    def is_name_alone_enough(self) -> bool:
        """Nothing but the name has to be the same: one name in full, borne by nobody else."""
        return not (self.are_others or self.has_common_name or self.forms_differ or self.name.is_reordered)

    @property
    def has_common_name(self) -> bool:
        """Several NITs bear this very name."""
        names = {name.joined for party in (self.left, self.right) for name in party.names[:1]}
        return not names.isdisjoint(self.population.common_names)

    @cached_property
    def are_others(self) -> bool:
        """Whatever makes names and contacts worthless as proof: other NIT, country, tax number, or a sibling's name."""
        is_other = self.same_country is False or self.has_nit_conflict or self.same_tax_id is False
        return is_other or self.are_siblings

    @property
    def are_siblings(self) -> bool:
        """Their names differ in a numeral, or in the place they name: companies of one group."""
        return self.name.numbers_differ() or self.name.number_added() or self.name.places_differ(self.population.places)

    def _shared(self, ours: Iterable[str], theirs: Iterable[str]) -> str | None:
        return min((set(ours) & set(theirs)) - self.population.shared_contacts, default=None)


def _same(left: str | None, right: str | None) -> bool | None:
    return None if left is None or right is None else left == right
