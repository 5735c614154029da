// Files of the 1.6 charge point, over HTTP: what it fetches and installs, and what it uploads.

import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

// Splits an address into what is asked for and who asks: fetch() takes no credentials in it.
function target(location) {
    const url = new URL(location);
    const user = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    url.username = url.password = '';
    const known = Buffer.from(`${user}:${password}`).toString('base64');
    return { url, headers: user ? { Authorization: `Basic ${known}` } : {} };
}

async function again(act, retries = 0, interval = 1) {
    for (let left = retries; ; left -= 1) {
        const done = await act().catch(() => undefined);
        if (done !== undefined || left <= 0) return done;
        await pause(interval * 1000);
    }
}

// Returns the content, or nothing where it cannot be fetched.
export function fetched(location, retries, interval) {
    const { url, headers } = target(location);
    return again(
        async () => {
            const answer = await fetch(url, { headers });
            return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
        },
        retries,
        interval,
    );
}

// Puts a file into the folder; returns whether it is there.
export async function uploaded(location, name, text, retries, interval) {
    const { url, headers } = target(location);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${name}`;
    const put = async () => {
        const answer = await fetch(url, { method: 'PUT', headers, body: text });
        return answer.ok || undefined;
    };
    return (await again(put, retries, interval)) ?? false;
}

// An image is its version and the SHA-256 of the rest, a line each, and the rest.
export function versionOf(image) {
    const [, version, digest] = /^([\w.]+)\n([0-9a-f]{64})\n/.exec(image.toString('latin1')) ?? [];
    if (version === undefined) return undefined;
    const rest = image.subarray(version.length + digest.length + 2);
    return createHash('sha256').update(rest).digest('hex') === digest ? version : undefined;
}
