// ---- The work -------------------------------------------------------------------------------------------------------
// Before a card is drawn, the browser finds 32 nonces, one for each part, with which SHA-256 of
//   "twohens work v1\0" (16 bytes) | salt (16) | part (4, big endian) | nonce (4, big endian)
// begins with a number of zero bits. Workers share the parts; each is this same file. WASM is built from source by
// scratch/widget/solve; where it is refused, plain script does the same, about a tenth as quickly.

const ROUNDS = new Int32Array(64); // SHA-256's constants: the first bits of cube roots of primes
for (let n = 2, i = 0; i < 64; n++) {
	let prime = true;
	for (let k = 2; k * k <= n; k++) if (n % k === 0) prime = false;
	if (prime) ROUNDS[i++] = (Math.cbrt(n) % 1) * 2 ** 32;
}
const INITIAL = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const DOMAIN = [0x74776f68, 0x656e7320, 0x776f726b, 0x20763100]; // "twohens work v1\0"

// compress does rounds from one to another on a state, with the schedule w.
const compress = (state, w, from, to) => {
	let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7]; // quicker
	for (let i = from; i < to; i++) {
		const s = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
		const t = (h + s + (g ^ (e & (f ^ g))) + ROUNDS[i] + w[i]) | 0;
		const r = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
		h = g; g = f; f = e; e = (d + t) | 0;
		d = c; c = b; b = a; a = (t + r + ((b & c) | (d & (b | c)))) | 0; // b, c, d are a, b, c of before
	}
	return [a, b, c, d, e, f, g, h];
};

// finder gives find(part, from, end): the first nonce of a part from one number to before another, or -1. Both numbers
// are multiples of four.
const finder = async (salt, bits, plain) => {
	const block = new Int32Array(64); // two words of content follow, and the length: 40 bytes
	DOMAIN.forEach((word, i) => { block[i] = word; });
	for (let i = 0; i < 4; i++) block[4 + i] = parseInt(salt.slice(8 * i, 8 * i + 8), 16);
	block[10] = 1 << 31;
	block[15] = 320;
	const begun = compress(INITIAL, block, 0, 8); // the same for all parts
	const shift = 32 - bits;

	if (!plain) {
		try {
			const bytes = Uint8Array.from(atob(WASM), (c) => c.charCodeAt(0));
			const { m, f } = (await WebAssembly.instantiate(bytes)).instance.exports;
			const memory = new Int32Array(m.buffer);
			memory.set(ROUNDS, 256);
			memory.set(begun, 320);
			return (part, from, end) => {
				block[8] = part;
				for (let i = 0; i < 16; i++) memory.fill(block[i], 4 * i, 4 * i + 4);
				return f(from, end, shift);
			};
		} catch { /* refused by the page's policy, or too old a browser */ }
	}
	return (part, from, end) => {
		const w = block;
		w[8] = part;
		for (let nonce = from; nonce < end; nonce++) {
			w[9] = nonce;
			for (let i = 16; i < 64; i++) {
				const x = w[i - 15], y = w[i - 2];
				w[i] = w[i - 16] + w[i - 7] + (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) +
					(((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10));
			}
			if ((compress(begun, w, 8, 64)[0] + INITIAL[0] | 0) >>> shift === 0) return nonce;
		}
		return -1;
	};
};

const idle = () => new Promise((done) => { setTimeout(done); });

if (typeof document === "undefined") { // this is a worker
	let find;
	self.onmessage = async ({ data: { salt, bits, plain, part } }) => {
		find ??= finder(salt, bits, plain);
		self.postMessage({ part, nonce: (await find)(part, 0, 2 ** 31 - 4) });
	};
	return;
}

// Work is one ticket's work. It begins at once and is done but once: whoever wants the solution awaits it.
class Work {
	constructor({ salt, parts, bits }, source) {
		this.work = { salt, bits };
		this.parts = parts;
		this.source = source;
		this.next = 0;      // part to hand out
		this.done = 0;      // parts
		this.hashes = 0;
		this.workers = [];
		this.nonces = new Uint8Array(4 * parts);
		this.onpart = () => {};
		this.began = performance.now();
		this.solution = new Promise((done) => { this.solved = done; });
		this.start();
	}

	// seconds is how long the rest will take at the rate so far, or 0 while nothing is known.
	get seconds() {
		const went = (performance.now() - this.began) / 1000;
		return this.done > 1 && went > .4 ? went / this.done * (this.parts - this.done) : 0;
	}

	async start() {
		try {
			// A worker is made of a file of its own origin. Of one from elsewhere it is made by way of a blob: address.
			const own = new URL(this.source).origin === location.origin;
			const address = own ? this.source : URL.createObjectURL(await (await fetch(this.source)).blob());
			const many = Math.min(4, navigator.hardwareConcurrency || 1, this.parts);
			for (let i = 0; i < many; i++) this.hire(address);
		} catch {
			this.alone();
		}
	}

	hire(address) {
		const worker = new Worker(address);
		this.workers.push(worker);
		worker.onmessage = ({ data: { part, nonce } }) => {
			this.note(part, nonce);
			this.give(worker);
		};
		worker.onerror = () => this.alone(); // the page's policy may refuse it, and says so only now
		this.give(worker);
		this.give(worker); // one in hand, so that none waits for the page
	}

	give(worker) {
		if (this.next < this.parts) worker.postMessage({ ...this.work, part: this.next++ });
	}

	note(part, nonce) {
		if (this.stopped) return;
		new DataView(this.nonces.buffer).setUint32(4 * part, nonce);
		this.hashes += nonce + 1;
		this.done++;
		this.onpart();
		if (this.done < this.parts) return;
		const seconds = (performance.now() - this.began) / 1000;
		if (seconds > .1) rate = this.hashes / seconds; // less says nothing
		cost = this.parts << this.work.bits;
		this.stop();
		this.solved(encode(this.nonces));
	}

	// alone does everything in the page itself, in slices of 8 ms that leave time for the rest of it.
	async alone() {
		if (this.slicing) return;
		this.slicing = true;
		for (const worker of this.workers) worker.terminate();
		this.done = this.hashes = 0;
		const find = await finder(this.work.salt, this.work.bits);
		let tries = 256, until = 0;
		for (let part = 0; part < this.parts; part++) {
			let from = 0, nonce = -1;
			while (nonce < 0) {
				if (performance.now() > until) {
					await idle();
					if (this.stopped) return;
					until = performance.now() + 8;
				}
				const at = performance.now();
				nonce = find(part, from, from + tries);
				from += tries;
				if (performance.now() - at < 1 && tries < 2 ** 14) tries *= 2;
			}
			this.note(part, nonce);
		}
	}

	stop() {
		this.stopped = true;
		for (const worker of this.workers) worker.terminate();
	}
}

let rate = 0; // hashes a second, as last measured
let cost = 0; // hashes of a card

const encode = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
