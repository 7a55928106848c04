"""What is to be rehearsed, and how: a drill, this time's takes, the profile, and who is asked or told what."""

from dataclasses import dataclass, replace
from typing import Self

from rigcoach.drills.model import Drill, Station
from rigcoach.journal.session import Session, StudyPlace
from rigcoach.live.coach import Ear
from rigcoach.practice.guesser import Guesser
from rigcoach.practice.open_session import new_session
from rigcoach.practice.session_plan import SessionPlan, within_sitting
from rigcoach.practice.warm_up import warm_up_s
from rigcoach.rig.profile import Profile


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What is to be rehearsed, and how.

    Attributes
    ----------
    drill, session, profile
        The drill, this time's takes and their schedule, and what the rig is set to.
    anyway
        Whether to go on where the checks say that takes could not be measured; the session does not count then.
    ears
        Hear of the frames while takes are recorded: those then come from the live view, and the session does not count.
    warm_up_ears
        Hear of live view before the takes, of which nothing is recorded; without any there is no warm-up.
    guesser
        Asks how a take went before that is told; None where nobody is to be asked.
    study
        Where the session stands in a study; it does not count then for whose journal it is in.
    """

    drill: Drill
    session: SessionPlan
    profile: Profile
    anyway: bool = False
    ears: tuple[Ear, ...] = ()
    warm_up_ears: tuple[Ear, ...] = ()
    guesser: Guesser | None = None
    study: StudyPlace | None = None

    @property
    def stations(self) -> tuple[Station, ...]:
        """What each take rehearses."""
        return self.session.stations

    def new_session(self, *, tethered: bool) -> Session:
        """Return its session, which begins now."""
        plan = self.session
        return new_session(
            self.drill,
            plan.stations,
            plan.weighting,
            self.profile,
            tethered=tethered,
            schedule=plan.schedule,
            transfer=plan.transfer,
            study=self.study,
            not_counted=("short",) if plan.is_short(self.drill) else (),
        )

    def within(self, battery_share: float | None) -> Self:
        """Return it with no more takes than attention and battery last for."""
        before_s = warm_up_s(self.stations) if self.warm_up_ears else 0.0
        return replace(self, session=within_sitting(self.session, self.drill, battery_share, before_s))
