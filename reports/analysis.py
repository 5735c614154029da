"""All that is read out of a run, for every form of report alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from conformance.catalogue import PROFILES
from reports.exchange import Told, told
from reports.grant import CORE, Grant, Ruling, Standing, grants, standing
from reports.identity import Fact, identity
from reports.pics import Holding, Seen, pics
from reports.requirements import Requirement, requirements
from reports.review import Reviewed, reviewed
from reports.run import Outline, Run
from reports.summary import Part, parts
from reports.timing import Timing, timing

_WORST: tuple[str, ...] = ("accepted", "open", "rejected")


@dataclass(frozen=True)
class PartAnalysis:
    """What is read out of a run about one system under test."""

    part: Part
    outline: Outline
    remarks: Mapping[str, str]
    complete: bool

    @cached_property
    def identity(self) -> tuple[Fact, ...]:
        """What it was declared to be, and what it said it was."""
        return identity(self.part.sut, self.part.cases)

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """The cases with their exchanges."""
        return told(self.part.cases)

    @cached_property
    def pics(self) -> tuple[Seen, ...]:
        """The features, with what was seen of them."""
        return pics(self.outline.features, self.told)

    @property
    def doubtful(self) -> tuple[Seen, ...]:
        """The features whose declaration does not fit what was seen."""
        doubts = {Holding.CONTRADICTED, Holding.UNDECLARED}
        return tuple(seen for seen in self.pics if seen.holding in doubts)

    @cached_property
    def grants(self) -> Mapping[str, Grant]:
        """The ruling on each profile, by its slug."""
        slugs = self._slugs
        return grants(slugs, self.outline, self.part.cases, self.remarks, complete=self.complete)

    @property
    def _slugs(self) -> list[str]:
        known = {slug for case in self.outline.cases for slug in case.profiles}
        known |= {slug for case in self.part.cases for slug in case.profiles}
        ordered = [slug for slug in PROFILES.get(self.part.sut.version, ()) if slug in known]
        return [*ordered, *sorted(known - set(ordered))]

    @property
    def core_stands(self) -> bool:
        """Whether Core would be granted, which every other profile needs."""
        core = self.grants.get(CORE)
        return core is not None and core.ruling is Ruling.GRANTED

    @property
    def beyond(self) -> Standing:
        """How the cases stand that belong to no profile."""
        return standing(case for case in self.part.cases if not case.profiles)

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """The requirements, with the cases about them."""
        return requirements(self.part.sut, self.outline, self.told)

    @cached_property
    def timing(self) -> Timing:
        """The measured times."""
        return timing(self.told)


@dataclass(frozen=True)
class Analysis:
    """What is read out of a whole run."""

    run: Run

    @cached_property
    def every_remark(self) -> list[Reviewed]:
        """Every remark, with what was decided about it."""
        return reviewed(self.run)

    @property
    def remarks(self) -> list[Reviewed]:
        """The remarks on a system under test: somebody has to judge them."""
        return [found for found in self.every_remark if not found.remark.lab]

    @property
    def lab(self) -> list[Reviewed]:
        """The remarks on the lab: somebody has to do something, and there is nothing to judge."""
        return [found for found in self.every_remark if found.remark.lab]

    @cached_property
    def parts(self) -> tuple[PartAnalysis, ...]:
        """What is read out about each system under test."""
        return tuple(self._part(part) for part in parts(self.run))

    def _part(self, part: Part) -> PartAnalysis:
        key = part.sut.name, part.sut.version, part.sut.role
        worst: dict[str, str] = {}
        for found in self.remarks:
            case = found.case
            if (case.sut, case.version, case.role) == key:
                states = (worst.get(case.id, "accepted"), found.state)
                worst[case.id] = max(states, key=_WORST.index)
        outline = self.run.outlines.get(key, Outline())
        return PartAnalysis(part, outline, worst, self.run.complete)
