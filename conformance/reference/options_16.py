"""What a run may choose of the OCPP 1.6 reference systems: legal freedom, each a name=value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class StationOptions:
    """The legal freedom of the charge point; times in seconds, lists comma-separated.

    `authorize_remote` is the first value of AuthorizeRemoteTxRequests, which can be read-only
    (`authorize_remote_writable`). `preparing_first` reports Preparing before the Authorize that
    a presented token or a remote start causes, `status_before_start` Charging before
    StartTransaction, `status_before_stop` Finishing before StopTransaction; `suspended_first`
    reports SuspendedEVSE before Charging, `suspended_last` ("EV", "EVSE") that side when a
    transaction is to be stopped. `heartbeat_after_boot` sends one Heartbeat more at
    acceptance.
    `local_limit` (A) is what the cable and the fuse allow; `rate_unit` is what a composite
    schedule is in when the request names none; `rate_units` are those a profile can be in.
    `second_token_cancels`: a token that is presented again before the cable is in is taken back;
    `authorizes_any_stop`: a token is authorized though it cannot be of the group that charges.
    When the EV leaves, the statuses that are reported for a transaction that goes on are
    `suspended_without_ev` (EV, EVSE), with a reason in info unless `omit_info`, and
    `finishing_without_ev` reports Finishing for one that
    stops though a fixed cable needs no more. `stops_before_unlocked` answers UnlockConnector
    when the transaction has been stopped. StopTransactionOnEVSideDisconnect is
    `stop_without_ev`, and can be read-only (`stop_without_ev_writable`), as can be
    UnlockConnectorOnEVSideDisconnect (`unlock_without_ev`, `unlock_without_ev_writable`).
    The cache holds `cache_size` tokens.
    `errs_at_connector_0` answers a remote start there with a CALLERROR.
    `power_reserve` stops transactions before the station goes down without power; without it,
    `after_power_loss` they have been stopped when the statuses are told, or later, or they are
    resumed (stops, stops late, resumes), at first as Preparing with `prepares_to_resume`.
    `unavailable_before_reset` reports what a reset is about to take away. `hard_reset_stops` is
    "before" the boot or "after boot";
    `boots_after_soft_reset` can be left out. While offline, `queues_statuses` keeps each status
    for later; then `statuses_first` tells them before the transactions, which wait for
    `queue_wait`, and `retells_statuses` those that have not changed, too. `unknown_offline` says
    whether there is the key AllowOfflineTxForUnknownId. The wait before a new connection grows
    from `reconnect_wait` to `reconnect_longest`. MinimumStatusDuration, if there is such a key
    (`minimum_status_duration`), is `status_duration` to begin with. `hangs_up` ends a connection
    on which an answer does not come in `message_timeout`. `state` is a folder in which the
    station's memory survives its process.
    `fixed_cable` is one that is attached to the station for good, so that nothing is locked.
    `reboot_required` names keys that a reboot puts into force. `small_keys` tells the names of
    keys in small letters, `omit_empty_values` no value where it is empty. At most `max_keys` are
    told at once; without `optional_keys` there are none but the required ones and those that other
    options give. `errors_for_refusals` answers with a CALLERROR where both that and a status may
    be; `unsupported` says how a station without a local list or without reservations refuses to
    have to do with them: "NotSupported" or "NotImplemented" (CALLERRORs), or "status". `foreign`
    is the answer to the DataTransfer of other vendors; `boots_when_triggered` sends a
    BootNotification when triggered though it is accepted, `no_firmware_trigger` has no
    FirmwareStatusNotification to be triggered.

    Of reservations: `reserve_zero` is ReserveConnectorZeroSupported; `trusts_reservations` lets
    the token of a reservation charge without an Authorize, `asks_for_others` sends one for
    other tokens even where the reservation has no group. Of charging profiles: `max_stack_level`,
    `max_periods` and `max_profiles` are the configuration keys.

    Of files: `transfer_protocols` is SupportedFileTransferProtocols; `retells_progress` tells
    each status of an update or an upload twice. `unavailable_for` says from
    when on a firmware update takes the connectors out of service: "download", "installation" or
    "" for never; `downloading_told_late` tells Downloading when the server begins to send,
    `verifies_first` tells Installing for a valid image only, `installs_while_charging` waits for
    the end of a session with the reboot only. `installed_told` is "after statuses" (of the boot),
    "before statuses" or "before boot"; `reboots_after_failure` is "", or when an installation
    that has failed is told: "after it is told" or "before it is told". A signed update tells
    InstallRebooting where `rebooting_told` is "before" Installing, or "instead" of it, and the
    download is scheduled and paused with `pauses_downloads`. Requests that say nothing
    of retries get `file_retries`, `file_retry_interval` seconds apart.

    Of the meters: `main_meter` says that there is one at the inlet, `kilo` gives kWh and kW,
    `omit_meter_defaults` leaves out what equals a default, `value_for_each_measurand` sends a
    MeterValue for each, `meter_at_ends` sends one more at begin and end of a transaction,
    `extra_sample` one soon after the begin.

    Of the security extension, which is left out without `security`: `key_kind` ("rsa", "ecdsa")
    is that of keys for new certificates, `cpo_name` the first value of CpoName,
    `hash_algorithm` that of GetInstalledCertificateIds. With `root_check`, a new root of the
    central system has to be signed by the one before (AdditionalRootCertificateCheck).
    Whether the certificate of a signed update is revoked is looked up where that says, by the
    ways `revocation_by` (OCSP, CRL), in this order; one that cannot be looked up is not valid.
    With `demands_revocation` such a certificate, and a new one of its own, has to say where.
    `security_profile_change` is "at once", "after reboot" (RebootRequired), or "silently" after
    one. `tells_firmware_updated` and `tells_startup` push these security events;
    `signature_event_first` tells of a wrong signature as an event before it is told as a status.
    """

    vendor: str = "Reference"
    model: str = "CP16"
    serial: str = "CP16-0001"
    firmware: str = "1.0"
    connectors: int = 2
    profiles: tuple[str, ...] = (
        "Core",
        "LocalAuthListManagement",
        "Reservation",
        "SmartCharging",
        "RemoteTrigger",
        "FirmwareManagement",
    )
    authorize_remote: bool = True
    authorize_remote_writable: bool = True
    preparing_first: bool = False
    status_before_start: bool = False
    status_before_stop: bool = False
    suspended_first: bool = False
    suspended_last: str = ""
    unavailable_before_reset: bool = False
    heartbeat_after_boot: bool = False
    boot_after_reconnect: bool = False
    omit_local_reason: bool = False
    minimum_status_duration: bool = True
    status_duration: int = 0
    local_pre_authorize: bool = False
    cache: bool = True
    cache_size: int = 100
    second_token_cancels: bool = True
    authorizes_any_stop: bool = False
    stop_without_ev: bool = True
    stop_without_ev_writable: bool = True
    unlock_without_ev: bool = True
    unlock_without_ev_writable: bool = True
    suspended_without_ev: tuple[str, ...] = ("EV",)
    omit_info: bool = False
    finishing_without_ev: bool = False
    stops_before_unlocked: bool = False
    errs_at_connector_0: bool = False
    fixed_cable: bool = False
    reboot_required: tuple[str, ...] = ()
    max_keys: int = 100
    small_keys: bool = False
    omit_empty_values: bool = False
    optional_keys: bool = True
    local_list_length: int = 100
    send_list_length: int = 100
    errors_for_refusals: bool = False
    unsupported: str = "NotSupported"
    foreign: str = "UnknownVendorId"
    boots_when_triggered: bool = False
    no_firmware_trigger: bool = False
    transfer_protocols: tuple[str, ...] = ("FTP", "HTTP")
    retells_progress: bool = False
    unavailable_for: str = "installation"
    downloading_told_late: bool = False
    verifies_first: bool = False
    installs_while_charging: bool = False
    installed_told: str = "after statuses"
    rebooting_told: str = ""
    pauses_downloads: bool = False
    reboots_after_failure: str = ""
    file_retries: int = 1
    file_retry_interval: float = 1.0
    install_seconds: float = 0.05
    reserve_zero: bool = True
    trusts_reservations: bool = False
    asks_for_others: bool = True
    max_stack_level: int = 10
    max_periods: int = 24
    max_profiles: int = 20
    local_limit: float = 32.0
    rate_unit: str = "A"
    rate_units: tuple[str, ...] = ("A", "W")
    phases: int = 3
    voltage: float = 230.0
    connection_timeout: int = 60
    heartbeat_interval: int = 300
    meter_interval: int = 0
    aligned_interval: int = 0
    sampled_measurands: tuple[str, ...] = ("Energy.Active.Import.Register",)
    aligned_measurands: tuple[str, ...] = ("Energy.Active.Import.Register",)
    main_meter: bool = False
    kilo: bool = False
    omit_meter_defaults: bool = False
    value_for_each_measurand: bool = False
    meter_at_ends: bool = False
    extra_sample: bool = False
    security: bool = True
    key_kind: str = "ecdsa"
    cpo_name: str = "Reference"
    hash_algorithm: str = "SHA256"
    root_check: bool = False
    revocation_by: tuple[str, ...] = ("OCSP", "CRL")
    demands_revocation: bool = False
    security_profile_change: str = "at once"
    tells_firmware_updated: bool = True
    tells_startup: bool = False
    signature_event_first: bool = False
    power_reserve: bool = False
    after_power_loss: str = "stops"
    prepares_to_resume: bool = False
    hard_reset_stops: str = "before"
    boots_after_soft_reset: bool = True
    queue_wait: float = 0.0
    queues_statuses: bool = False
    statuses_first: bool = False
    retells_statuses: bool = False
    unknown_offline: bool = True
    state: str = ""
    message_timeout: float = 30.0
    hangs_up: bool = False
    boot_seconds: float = 0.1
    boot_retry: float = 10.0
    reconnect_wait: float = 0.5
    reconnect_longest: float = 30.0
    offers: tuple[str, ...] = ()
    compresses: bool = False


@dataclass(frozen=True, kw_only=True)
class CsmsOptions:
    """The legal freedom of the central system; a token on no list is Invalid.

    `parents` are "token:group" pairs, `profiles` the feature profiles that it has.
    `boot_status` are the answers to a station's first BootNotifications, the last one for good.
    Requests of its own (GetConfiguration, TriggerMessage, ...) follow an accepting answer at
    once (`after_boot`), so that they cross the station's first messages, come before whatever
    its operator wishes (`before_wishes`), or between a status and its answer (`crossing`).

    `omit_three_phases` leaves numberPhases out where it is 3, `omit_connector` the connectorId
    of a remote start; `empty_keys` asks for all keys by an empty list; `whole_list` puts every
    valid token into a full list; `expiry_dates` and `info_at_stop` fill in what is optional;
    `stops_refused` stops a transaction remotely that began with a token that is not Accepted;
    `foreign` is the answer to a vendor's message. `unknown_connectors` says whether it can be
    told to ask for a connector that no station has reported.
    """

    valid: tuple[str, ...] = ("TAG001", "TAG002")
    blocked: tuple[str, ...] = ("BLOCKED01",)
    expired: tuple[str, ...] = ("EXPIRED01",)
    parents: tuple[str, ...] = ()
    boot_interval: int = 300
    boot_status: tuple[str, ...] = ("Accepted",)
    after_boot: tuple[str, ...] = ()
    before_wishes: tuple[str, ...] = ()
    crossing: tuple[str, ...] = ()
    profiles: tuple[str, ...] = (
        "Core",
        "FirmwareManagement",
        "LocalAuthListManagement",
        "Reservation",
        "SmartCharging",
        "RemoteTrigger",
    )
    unknown_connectors: bool = True
    omit_three_phases: bool = False
    omit_connector: bool = False
    empty_keys: bool = False
    whole_list: bool = False
    expiry_dates: bool = False
    info_at_stop: bool = False
    stops_refused: bool = False
    foreign: str = "UnknownVendorId"
    security: bool = True
    cpo_name: str = ""
    own_hashes: bool = False
    message_timeout: float = 30.0
