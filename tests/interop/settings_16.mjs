// The configuration of the 1.6 charge point (section 9): what it starts with, and what may be set.

import { TIMEOUT } from './link.mjs';

const READ_ONLY = {
    ChargeProfileMaxStackLevel: '10',
    ChargingScheduleAllowedChargingRateUnit: 'Current',
    ChargingScheduleMaxPeriods: '20',
    GetConfigurationMaxKeys: '60',
    LocalAuthListMaxLength: '50',
    MaxChargingProfilesInstalled: '10',
    MessageTimeout: String(TIMEOUT),
    NumberOfConnectors: '2',
    ReserveConnectorZeroSupported: 'true',
    SendLocalListMaxLength: '50',
    SupportedFeatureProfiles:
        'Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger',
    SupportedFileTransferProtocols: 'HTTP',
};
const WRITABLE = {
    AllowOfflineTxForUnknownId: 'false',
    AuthorizationCacheEnabled: 'true',
    AuthorizeRemoteTxRequests: 'true',
    ClockAlignedDataInterval: '0',
    ConnectionTimeOut: '30',
    ConnectorPhaseRotation: '0.Unknown,1.Unknown,2.Unknown',
    HeartbeatInterval: '300',
    LocalAuthListEnabled: 'true',
    LocalAuthorizeOffline: 'true',
    LocalPreAuthorize: 'false',
    MeterValueSampleInterval: '0',
    MeterValuesAlignedData: 'Energy.Active.Import.Register',
    MeterValuesSampledData: 'Energy.Active.Import.Register',
    ResetRetries: '1',
    StopTransactionOnEVSideDisconnect: 'true',
    StopTransactionOnInvalidId: 'true',
    StopTxnAlignedData: '',
    StopTxnSampledData: '',
    TransactionMessageAttempts: '3',
    TransactionMessageRetryInterval: '5',
    UnlockConnectorOnEVSideDisconnect: 'true',
    WebSocketPingInterval: '30',
};
const MEASURANDS = ['Energy.Active.Import.Register', 'Power.Active.Import', 'Current.Import'];

export class Settings {
    constructor() {
        this.values = { ...WRITABLE };
    }

    flag(key) {
        return this.values[key] === 'true';
    }

    number(key) {
        return Number(this.values[key]);
    }

    measurands(key) {
        return this.values[key].split(',').filter(Boolean);
    }

    read(keys) {
        const all = { ...READ_ONLY, ...this.values };
        const known = keys.length ? keys.filter((key) => key in all) : Object.keys(all);
        return {
            configurationKey: known.map((key) => ({
                ...{ key, readonly: key in READ_ONLY, value: all[key] },
            })),
            unknownKey: keys.filter((key) => !(key in all)),
        };
    }

    change(key, value) {
        if (key in READ_ONLY) return 'Rejected';
        if (!(key in WRITABLE)) return 'NotSupported';
        if (!this.fits(key, value)) return 'Rejected';
        this.values[key] = ['true', 'false'].includes(WRITABLE[key]) ? value.toLowerCase() : value;
        return 'Accepted';
    }

    fits(key, value) {
        if (/^\d+$/.test(WRITABLE[key])) return /^\d+$/.test(value);
        if (['true', 'false'].includes(WRITABLE[key])) return /^(true|false)$/i.test(value);
        if (/(Aligned|Sampled)Data$/.test(key))
            return value.split(',').every((name) => !name || MEASURANDS.includes(name.trim()));
        return true;
    }
}
