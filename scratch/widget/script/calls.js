// ---- Listening ------------------------------------------------------------------------------------------------------
// Eight numbered calls, played as often as wanted, also slower. The sound is decoded by an AudioContext: a page then needs
// no more permission than connect-src, where an <audio> element would need media-src too.

let audio; // one for the page, made at the first press: browsers want it so

class Calls {
	// on: said(word, number), failed(), submit()
	constructor(on) {
		this.on = on;
		this.rows = Array.from({ length: 8 }, (_, i) => this.row(i + 1));
		this.box = h("ol", { class: "calls", part: "calls", role: "list" }, ...this.rows.map((r) => r.li));
	}

	row(n) {
		const row = { sounds: [] };
		row.play = h("button", { type: "button", class: "play", "data-label": "play", "data-n": n, onclick: () => this.toggle(row, n) }, icon("play"), icon("stop"));
		row.slow = h("button", {
			type: "button", class: "slow", "data-label": "slower", "data-n": n, "aria-pressed": "false",
			onclick: () => row.slow.setAttribute("aria-pressed", row.slow.ariaPressed !== "true"),
		}, icon("snail"));
		row.mark = h("input", { type: "checkbox", onkeydown: (e) => e.key === "Enter" && this.on.submit() });
		row.li = h("li", {}, row.play, row.slow, h("label", {}, h("span", { "data-word": "call", "data-n": n }), row.mark));
		return row;
	}

	// lie puts the addresses of new calls in place, unmarked.
	lie(calls, slow) {
		this.silence();
		this.rows.forEach((row, i) => {
			row.addresses = [calls[i], slow[i]];
			row.sounds = [];
			row.mark.checked = false;
		});
	}

	get picks() { return this.rows.flatMap((row, i) => (row.mark.checked ? [i + 1] : [])); }

	async toggle(row, n) {
		const stops = this.playing === row;
		this.silence();
		if (stops) return;
		this.playing = row;
		const slow = row.slow.ariaPressed === "true" ? 1 : 0;
		try {
			audio ??= new AudioContext();
			audio.resume();
			if (!row.sounds[slow]) {
				row.play.setAttribute("aria-busy", "true");
				this.on.said("loading");
				row.sounds[slow] = await audio.decodeAudioData(await bytes(row.addresses[slow]));
			}
			row.play.removeAttribute("aria-busy");
			if (this.playing !== row) return; // another was pressed while this one came
			const source = audio.createBufferSource();
			source.buffer = row.sounds[slow];
			source.connect(audio.destination);
			source.onended = () => { if (this.source === source) this.silence(); };
			source.start();
			this.source = source;
			row.play.classList.add("on");
			this.on.said("playing", n);
		} catch {
			row.play.removeAttribute("aria-busy");
			this.playing = null;
			this.on.failed();
		}
	}

	// silence stops what plays: one call at a time.
	silence() {
		const source = this.source;
		this.source = null;
		source?.stop();
		this.playing?.play.classList.remove("on");
		this.playing = null;
	}
}
