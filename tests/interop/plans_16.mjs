// The charging profiles of the 1.6 charge point, and what they amount to (section 3.13).

const [MAXIMUM, DEFAULT, TRANSACTION] = ['ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile'];
const DAY = { Daily: 86400, Weekly: 604800 };
const OWN_LIMIT = 32; // what the charge point can do by itself, in A

export class Plans {
    constructor() {
        this.installed = []; // {place, profile, since}
        this.limit = Infinity; // from outside
    }

    fits(place, profile) {
        const { chargingSchedule: schedule } = profile;
        const starts = schedule.chargingSchedulePeriod.map((period) => period.startPeriod);
        return (
            profile.stackLevel <= 10 &&
            schedule.chargingRateUnit === 'A' &&
            starts.length <= 20 &&
            starts[0] === 0 &&
            starts.every((start, n) => n === 0 || start > starts[n - 1]) &&
            (profile.chargingProfilePurpose !== MAXIMUM || place === 0) &&
            (profile.chargingProfilePurpose !== TRANSACTION || place > 0)
        );
    }

    install(place, profile) {
        const same = (other) =>
            other.profile.chargingProfileId === profile.chargingProfileId ||
            (other.place === place &&
                other.profile.stackLevel === profile.stackLevel &&
                other.profile.chargingProfilePurpose === profile.chargingProfilePurpose);
        const others = this.installed.filter((other) => !same(other));
        if (others.length >= 10) return 'Rejected';
        this.installed = [...others, { place, profile, since: new Date() }];
        return 'Accepted';
    }

    clear({ id, connectorId, chargingProfilePurpose, stackLevel }) {
        const wanted = ({ place, profile }) =>
            id !== undefined
                ? profile.chargingProfileId === id
                : (connectorId === undefined || place === connectorId) &&
                  (stackLevel === undefined || profile.stackLevel === stackLevel) &&
                  (chargingProfilePurpose === undefined ||
                      profile.chargingProfilePurpose === chargingProfilePurpose);
        const left = this.installed.filter((one) => !wanted(one));
        const status = left.length < this.installed.length ? 'Accepted' : 'Unknown';
        this.installed = left;
        return status;
    }

    // A profile for a transaction ends with it.
    ended(place) {
        this.installed = this.installed.filter(
            (one) => one.place !== place || one.profile.chargingProfilePurpose !== TRANSACTION,
        );
    }

    // The limit of one profile at a moment, or nothing where it has none.
    at({ profile, since }, moment, started) {
        if (profile.validFrom && moment < new Date(profile.validFrom)) return undefined;
        if (profile.validTo && moment >= new Date(profile.validTo)) return undefined;
        const { chargingSchedule: schedule, chargingProfileKind: kind } = profile;
        const begin = kind === 'Relative' ? started ?? since : new Date(schedule.startSchedule ?? since);
        let seconds = (moment - begin) / 1000;
        if (kind === 'Recurring') seconds %= DAY[profile.recurrencyKind];
        if (seconds < 0 || seconds >= (schedule.duration ?? Infinity)) return undefined;
        return schedule.chargingSchedulePeriod.findLast((p) => p.startPeriod <= seconds)?.limit;
    }

    // The one of a purpose that rules: the highest stack level that has a limit there.
    ruling(purpose, places, moment, started) {
        const limits = this.installed
            .filter((one) => one.profile.chargingProfilePurpose === purpose)
            .filter((one) => places.includes(one.place))
            .sort((a, b) => b.profile.stackLevel - a.profile.stackLevel || b.place - a.place);
        for (const one of limits) {
            const limit = this.at(one, moment, started);
            if (limit !== undefined) return limit;
        }
        return undefined;
    }

    limitAt(place, moment, started) {
        const own =
            this.ruling(TRANSACTION, [place], moment, started) ??
            (place ? this.ruling(DEFAULT, [0, place], moment, started) : undefined);
        const maximum = this.ruling(MAXIMUM, [0], moment, started);
        return Math.min(own ?? Infinity, maximum ?? Infinity, this.limit, OWN_LIMIT);
    }

    // Looked at second by second: slow, and hard to get wrong.
    composite(place, duration, started) {
        const begin = new Date();
        const periods = [];
        for (let second = 0; second < duration; second += 1) {
            const moment = new Date(begin.getTime() + second * 1000);
            const limit = this.limitAt(place, moment, started);
            if (periods.at(-1)?.limit !== limit) periods.push({ startPeriod: second, limit });
        }
        return {
            duration,
            startSchedule: begin.toISOString(),
            chargingRateUnit: 'A',
            chargingSchedulePeriod: periods,
        };
    }
}
