// What the 1.6 charge point knows of tokens: its cache and its local list (section 3.5).

const LONGEST = 50;
const lower = (token) => token.toLowerCase();

export class Tokens {
    constructor(settings) {
        this.settings = settings;
        this.cache = new Map();
        this.list = new Map();
        this.version = 0;
        this.refusing = false;
    }

    // What is known of a token; the local list comes before the cache (3.5.3).
    known(token) {
        const { settings } = this;
        const info =
            (settings.flag('LocalAuthListEnabled') && this.list.get(lower(token))) ||
            (settings.flag('AuthorizationCacheEnabled') && this.cache.get(lower(token)));
        const over = info?.expiryDate && new Date(info.expiryDate) <= new Date();
        return over ? { ...info, status: 'Expired' } : info || undefined;
    }

    learn(token, info) {
        const listed = this.settings.flag('LocalAuthListEnabled') && this.list.has(lower(token));
        if (info && !listed && this.settings.flag('AuthorizationCacheEnabled'))
            this.cache.set(lower(token), info);
    }

    forget() {
        this.cache.clear();
        return this.settings.flag('AuthorizationCacheEnabled') ? 'Accepted' : 'Rejected';
    }

    get listVersion() {
        if (!this.settings.flag('LocalAuthListEnabled')) return -1;
        return this.list.size ? this.version : 0;
    }

    update({ listVersion, updateType, localAuthorizationList = [] }) {
        if (!this.settings.flag('LocalAuthListEnabled')) return 'NotSupported';
        const full = updateType === 'Full';
        const tags = localAuthorizationList.map(({ idTag }) => lower(idTag));
        const twice = new Set(tags).size < tags.length;
        const empty = full && localAuthorizationList.some(({ idTagInfo }) => !idTagInfo);
        if (this.refusing || listVersion < 1 || twice || empty) return 'Failed';
        if (!full && listVersion <= this.version) return 'VersionMismatch';
        const next = full ? new Map() : new Map(this.list);
        for (const { idTag, idTagInfo } of localAuthorizationList) {
            if (idTagInfo) next.set(lower(idTag), idTagInfo);
            else next.delete(lower(idTag));
        }
        if (next.size > LONGEST) return 'Failed';
        [this.list, this.version] = [next, listVersion];
        return 'Accepted';
    }
}
