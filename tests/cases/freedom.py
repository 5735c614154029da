"""The legal freedom of systems under test: a conforming one passes, whatever of it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from conformance.cases import Case
from conformance.catalogue import SECURITY, everything, own
from conformance.demo import secured
from conformance.selection import case_for
from conformance.sut import Sut, embedded
from conformance.sut_reference import Options, reference_tables


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A conforming system: the options of a reference system, and how it is declared.

    `options` change what is declared where they change what the system can
    (`conformance.sut_reference`); `values` and `topology` are keys of these tables, `features`
    are declared besides, `without` are not. It is connected over `security_profile`, with
    certificates that have such `keys`. Its identity is `station`, if not the usual one. It is for
    cases whose ids begin with one of `only`, or for all.
    """

    options: Options = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    topology: Mapping[str, object] = field(default_factory=dict)
    features: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    security_profile: int = 0
    keys: str = "ecdsa"
    station: str = ""
    only: tuple[str, ...] = ()

    def sut(self, version: str, role: str) -> Sut:
        """Return the declaration of this system."""
        known = reference_tables(version, role, "reference", self.options)["features"]
        declared = (set(known) | self.features) - self.without
        declaration = embedded(
            "1.6" if version == "1.6" else "2.0.1",
            "CS" if role == "CS" else "CSMS",
            options=self.options,
            changes={
                "features": sorted(declared),
                "values": self.values,
                "topology": self.topology,
                "operator": {"keys": self.keys},
                **({"connection": {"station": self.station}} if self.station else {}),
            },
        )
        return secured(declaration, self.security_profile) if self.security_profile else declaration

    def concerns(self, case: Case) -> bool:
        """Tell whether a case is about security, or one of a few that stand for the others."""
        entry = case.entry
        if self.only and not entry.id.startswith(self.only):
            return False
        about = bool(entry.profiles.keys() & {"security", SECURITY})
        of_security = about or "OVER." in entry.condition
        return not self.security_profile or of_security or entry.id in SECURED


OF_UPGRADES = ("OCPPJ_5", "OCPPJ_6", "OCPPJ_7")
SECURED = {"TC_001_CS", "TC_019_CS", "TC_030_CS", "TC_001_CSMS", "TC_088_CSMS"}
EVERYTHING = (
    "GetConfiguration,ChangeConfiguration,GetLocalListVersion,TriggerMessage,SetChargingProfile"
)
ALL_BUT_FIRMWARE = "Core,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"
NO_RESERVATION = "Core,LocalAuthListManagement,SmartCharging,RemoteTrigger"
NO_LIST = "Core,Reservation,SmartCharging,RemoteTrigger"
MEASURANDS = (
    "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered,"
    "Voltage.L1,Frequency,Temperature"
)
PAIRS = (("1.6", "CS"), ("1.6", "CSMS"), ("2.0.1", "CS"), ("2.0.1", "CSMS"))
ALL_STARTS = "ParkingBayOccupancy,EVConnected,Authorized,DataSigned,PowerPathClosed,EnergyTransfer"

# Options alone may stand for a Variant.
FREEDOM: dict[tuple[str, str], dict[str, Options | Variant]] = {
    ("1.6", "CS"): {
        "as it is": {},
        "one connector": {"connectors": 1},
        "no authorization of remote starts": {"authorize_remote": False},
        "preparing first": {"preparing_first": True},
        "status before transaction": {"status_before_start": True, "status_before_stop": True},
        "suspended first": {"suspended_first": True},
        "suspended first, then status": {"suspended_first": True, "status_before_start": True},
        "suspended last": {"suspended_last": "EVSE"},
        "suspended last by the EV, then status": {
            "suspended_last": "EV",
            "status_before_stop": True,
        },
        "an extra heartbeat": {"heartbeat_after_boot": True},
        "minimum status duration": {"minimum_status_duration": True, "status_duration": 20},
        "local pre-authorization": {"local_pre_authorize": True},
        "no cache": {"cache": False},
        "errors for connector 0": {"errs_at_connector_0": True},
        "boots for a new connection": {"boot_after_reconnect": True},
        "statuses of history": {"queues_statuses": True},
        "statuses first": {"statuses_first": True},
        "a queue that takes its time": {"queue_wait": 1},
        "statuses told again": {"retells_statuses": True},
        "known tokens only offline": {"unknown_offline": False},
        "a power reserve": {"power_reserve": True},
        "transactions outlive a loss of power": {"after_power_loss": "resumes"},
        "transactions outlive a loss of power, preparing first": {
            "after_power_loss": "resumes",
            "prepares_to_resume": True,
        },
        "progress told again": {"retells_progress": True},
        "transactions are stopped late": {
            "after_power_loss": "stops late",
            "hard_reset_stops": "after boot",
        },
        "no boot after a soft reset": {"boots_after_soft_reset": False},
        "a local stop without a reason": {"omit_local_reason": True},
        "fixed cable": {"fixed_cable": True},
        "fixed cable, Finishing first": {"fixed_cable": True, "finishing_without_ev": True},
        "stopped before unlocked": {"stops_before_unlocked": True},
        "always stops without an EV": {"stop_without_ev_writable": False},
        "never stops without an EV": {
            "stop_without_ev": False,
            "stop_without_ev_writable": False,
        },
        "never unlocks without an EV": {
            "unlock_without_ev": False,
            "unlock_without_ev_writable": False,
        },
        "suspended by the station": {"suspended_without_ev": "EVSE"},
        "no reasons for statuses": {"omit_info": True},
        "suspended by both": {"suspended_without_ev": "EV,EVSE"},
        "a second token changes nothing": {"second_token_cancels": False},
        "any stop is authorized": {"authorizes_any_stop": True},
        "one phase": {"phases": 1},
        "meter values": {"meter_interval": 1},
        "the required keys only": {"optional_keys": False, "cache": False},
        "keys in small letters": {"small_keys": True, "omit_empty_values": True},
        "one key at a time": {"max_keys": 1},
        "keys that need a reboot": {"reboot_required": "LocalPreAuthorize,LocalAuthListEnabled"},
        "unavailable before a reset": {
            "unavailable_before_reset": True,
            "reboot_required": "LocalPreAuthorize,LocalAuthListEnabled",
        },
        "errors for refusals": {"errors_for_refusals": True},
        "no local list": {"profiles": NO_LIST},
        "no local list, as a status": {"profiles": NO_LIST, "unsupported": "status"},
        "no local list, not implemented": {"profiles": NO_LIST, "unsupported": "NotImplemented"},
        "no reservations": {"profiles": NO_RESERVATION},
        "no reservations, as a status": {"profiles": NO_RESERVATION, "unsupported": "status"},
        "no reservations, not implemented": {
            "profiles": NO_RESERVATION,
            "unsupported": "NotImplemented",
        },
        "no reservation of any connector": {"reserve_zero": False},
        "a reservation needs no authorization": {"trusts_reservations": True},
        "other tokens are not asked for": {"asks_for_others": False},
        "few charging profiles": {"max_stack_level": 1, "max_periods": 3, "max_profiles": 3},
        "a vendor's unknown message": Variant(values={"vendor_id": "Reference"}),
        "any vendor's data": {"foreign": "Accepted"},
        "nobody's data": {"foreign": "Rejected"},
        "no firmware": {"profiles": ALL_BUT_FIRMWARE},
        "firmware, not to be triggered": {"no_firmware_trigger": True},
        "firmware: looks first, tells at once": {
            "transfer_protocols": "HTTP",
            "unavailable_for": "download",
            "downloading_told_late": True,
            "verifies_first": True,
            "installed_told": "before boot",
        },
        "firmware: boots before all is told": {
            "unavailable_for": "",
            "installed_told": "before statuses",
            "reboots_after_failure": "before it is told",
        },
        "firmware: boots when all is told": {
            "unavailable_for": "download",
            "reboots_after_failure": "after it is told",
        },
        "signed firmware: a paused download, InstallRebooting": {
            "pauses_downloads": True,
            "rebooting_told": "before",
        },
        "signed firmware: installed by the bootloader": {"rebooting_told": "instead"},
        "many measurands": {"sampled_measurands": MEASURANDS, "aligned_measurands": MEASURANDS},
        "many measurands in many values": {
            "sampled_measurands": MEASURANDS,
            "aligned_measurands": MEASURANDS,
            "value_for_each_measurand": True,
            "kilo": True,
        },
        "no measurands listed": {"sampled_measurands": "", "aligned_measurands": ""},
        "meter values as short as can be": {"omit_meter_defaults": True},
        "an extra sample": {"extra_sample": True},
        "a main meter": {"main_meter": True, "aligned_interval": 1, "meter_at_ends": True},
        "another identity": Variant(station="CP|01 é", only=OF_UPGRADES),
        "several versions, compressed": Variant(
            options={"offers": "ocpp2.0.1,ocpp1.6", "compresses": True}, only=OF_UPGRADES
        ),
        "another identity over security profile 1": Variant(
            station="CP|01 é", security_profile=1, only=OF_UPGRADES
        ),
        "no security extension": {"security": False},
        "tells each startup": {"tells_startup": True, "tells_firmware_updated": False},
        "a wrong signature is an event first": {"signature_event_first": True},
        "reads lists of what is revoked": {"revocation_by": "CRL"},
        "cannot look up what is revoked": {"revocation_by": ""},
        "security profile 1": Variant(security_profile=1),
        "security profile 2": Variant(security_profile=2),
        "security profile 3": Variant(security_profile=3),
        "security profile 2, rsa": Variant(
            security_profile=2, keys="rsa", options={"key_kind": "rsa", "hash_algorithm": "SHA512"}
        ),
        "security profile 3, rsa": Variant(
            security_profile=3, keys="rsa", options={"key_kind": "rsa", "hash_algorithm": "SHA384"}
        ),
        "security profile 1, to be raised by a reboot": Variant(
            security_profile=1, options={"security_profile_change": "after reboot"}
        ),
        "security profile 2, to be raised by any reset": Variant(
            security_profile=2, options={"security_profile_change": "silently"}
        ),
        "security profile 2, of another operator": Variant(
            security_profile=2, options={"cpo_name": "Another Operator"}
        ),
        "security profile 3, of no operator yet": Variant(
            security_profile=3, options={"cpo_name": ""}
        ),
    },
    ("1.6", "CSMS"): {
        "as it is": {},
        "short interval": {"boot_interval": 1},
        "no interval": {"boot_interval": 0},
        "accepts later": {"boot_status": "Pending,Rejected,Accepted"},
        "asks at once": {"after_boot": "GetConfiguration"},
        "asks for all at once": {"after_boot": EVERYTHING},
        "asks beside": {"before_wishes": EVERYTHING},
        "asks before it answers": {"crossing": "GetConfiguration,TriggerMessage"},
        "three phases left out": {"omit_three_phases": True},
        "no connector in a remote start": {"omit_connector": True},
        "an empty list of keys": {"empty_keys": True},
        "a list of all tokens": {"whole_list": True},
        "fields that are optional": {"expiry_dates": True, "info_at_stop": True},
        "stops what it has refused": {"stops_refused": True},
        "rejects vendors": {"foreign": "Rejected"},
        "knows no message of a vendor": {"foreign": "UnknownMessageId"},
        "accepts vendors": {"foreign": "Accepted"},
        "known connectors only": {"unknown_connectors": False},
        "no firmware": {"profiles": ALL_BUT_FIRMWARE},
        "two connectors": Variant(values={"connector": 2}, topology={"connectors": 2}),
        "security profile 1": Variant(security_profile=1),
        "security profile 2": Variant(security_profile=2),
        "security profile 3": Variant(security_profile=3),
        "security profile 2, rsa": Variant(security_profile=2, keys="rsa"),
        "security profile 3, rsa": Variant(security_profile=3, keys="rsa"),
        "hash data of its own": Variant(security_profile=2, options={"own_hashes": True}),
        "stations of one owner": Variant(security_profile=3, options={"cpo_name": "Reference"}),
    },
    ("2.0.1", "CS"): {
        "as it is": {},
        "more connectors": {"evses": 1, "connectors": 2},
        "NotifyEvent": {"status_by": "NotifyEvent"},
        "transaction first": {"event_order": "transaction-first"},
        "security event first": {"boot_order": "security-first"},
        "other security event": {"security_event": "ResetOrReboot"},
        "remote starts unauthorized": {"authorize_remote": False},
        "closes when rejected": {"closes_when_rejected": True},
        "no trigger": {"trigger": "NotImplemented"},
        "pages": {"report_pages": 3},
        "one variable at a time": {"items_per_message": 1},
        "an extra heartbeat": {"heartbeat_at_boot": True},
        "boots for a new connection": {"boot_after_reconnect": True},
        "few doublings": {"backs_off_by_attempts": True},
        "meter values": {"meter_interval": 1},
        "starts at EVConnected": {"tx_start": "EVConnected"},
        "starts at Authorized": {"tx_start": "Authorized"},
        "starts at ParkingBayOccupancy": {"tx_start": "ParkingBayOccupancy"},
        "starts at DataSigned": {"tx_start": "DataSigned"},
        "starts at PowerPathClosed": {"tx_start": "PowerPathClosed"},
        "starts at EnergyTransfer": {"tx_start": "EnergyTransfer"},
        "starts at any": {"tx_start": ALL_STARTS},
        "stops at Authorized": {"tx_stop": "Authorized"},
        "stops at PowerPathClosed": {"tx_stop": "PowerPathClosed"},
        "stops at EnergyTransfer": {"tx_stop": "EnergyTransfer"},
        "another identity": Variant(station="CP|01 é", only=OF_UPGRADES),
        "several versions, compressed": Variant(
            options={"offers": "ocpp2.0.1,ocpp1.6", "compresses": True}, only=OF_UPGRADES
        ),
        "another identity over security profile 1": Variant(
            station="CP|01 é", security_profile=1, only=OF_UPGRADES
        ),
        "security profile 1": Variant(security_profile=1),
        "security profile 2": Variant(security_profile=2),
        "stops at ParkingBayOccupancy": {"tx_stop": "ParkingBayOccupancy"},
    },
    ("2.0.1", "CSMS"): {
        "as it is": {},
        "unknown": {"invalid_answer": "Unknown"},
        "always invalid": {"blocked_answer": "Invalid", "expired_answer": "Invalid"},
        "asks at once": {"after_boot": "GetBaseReport,SetVariables"},
        "three phases left out": {"omit_three_phases": True},
        "security profile 1": Variant(security_profile=1),
        "security profile 2": Variant(security_profile=2),
    },
}


def implemented_cases() -> list[Case]:
    """Return every implemented case in the order of the catalogue, one for each version."""
    found = (case_for(entry) for entry in everything())
    return [case for case in found if case is not None]


def label(case: Case) -> str:
    """Return the id of a case, with the version where the id stands for several."""
    several = case.id in own(case.entry.version)
    return f"{case.id}-{case.entry.version}" if several else case.id


def sut(version: str, role: str, options: Options, **values: object) -> Sut:
    """Return a reference system that uses some freedom, declared as it is."""
    return Variant(options=options, values=values).sut(version, role)


def variants(case: Case) -> dict[str, Sut]:
    """Return the systems that `case` applies to, by the names of the variants."""
    pair = case.entry.version, case.entry.role
    about = {name for name, v in FREEDOM[pair].items() if _variant(v).concerns(case)}
    all_ = {name: sut for name, sut in systems(*pair).items() if name in about}
    return {name: sut for name, sut in all_.items() if not case.entry.unmet(sut.features)}


@cache
def systems(version: str, role: str) -> dict[str, Sut]:
    """Return every variant of a reference system, by its name."""
    return {name: _variant(v).sut(version, role) for name, v in FREEDOM[version, role].items()}


def _variant(given: Options | Variant) -> Variant:
    return given if isinstance(given, Variant) else Variant(options=given)
