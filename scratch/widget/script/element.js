// ---- The element ----------------------------------------------------------------------------------------------------
// <scratch-challenge site="..." action="..."> in a form. docs/challenge/embedding.md tells of its attributes and events.

const FRESH = 110_000; // ms that a response is handed out for; the server takes it for 120 s
const SLOW = 20;       // seconds that a card may need before other ways are offered

const texts = new Map(); // by address: promises of words
const purse = new Map(); // by what they are for: tickets whose card was not answered, so that no work is done twice

const sheet = new CSSStyleSheet();
sheet.replaceSync(LOOK);

class ScratchChallenge extends HTMLElement {
	static formAssociated = true;
	static observedAttributes = ["lang", "site", "action", "mode", "base"];

	#internals = this.attachInternals();
	#words = {};
	#turn = 0;       // grows with each new beginning: what was begun before stops minding
	#response = "";
	#deal = null;    // the ticket in hand
	#ready = false;  // a card lies there to be answered
	#stale = false;  // its time is over
	#foil;
	#calls;
	#at = {};        // pieces of the shadow tree by name

	constructor() {
		super();
		const root = this.attachShadow({ mode: "open", delegatesFocus: false });
		root.adoptedStyleSheets = [sheet];
		this.#foil = new Foil({
			rubbed: (byKey) => byKey && this.#say("uncovered", { percent: this.#percent(this.#foil.percent) }),
			submit: () => this.#submit(),
			leave: () => this.#at.renew.focus(),
		});
		this.#calls = new Calls({
			said: (word, n) => {
				this.#unnotice();
				this.#say(word, { n });
			},
			failed: () => this.#notice("bad", "unheard"),
			submit: () => this.#submit(),
		});
		root.append(this.#build());
	}

	#build() {
		const at = this.#at;
		const button = (name, part, onclick, ...inside) => {
			at[name] = h("button", { type: "button", part, class: `${part} ${name}`, onclick }, ...inside);
			return at[name];
		};
		at.title = h("p", { class: "title", part: "title", id: "title", tabindex: -1 });
		at.hint = h("p", { class: "hint", part: "hint", id: "hint" });
		at.mark = h("span", { class: "mark" });
		at.head = h("b");
		at.text = h("span");
		at.notice = h("div", { class: "notice", part: "notice", hidden: true }, at.mark,
			h("p", {}, at.head, at.text), button("mend", "mend", () => this.#mend?.()));
		at.bar = h("progress", { part: "progress", "aria-labelledby": "doing" });
		at.doing = h("p", { id: "doing" });
		at.left = h("p", { class: "left" });
		at.wait = h("div", { class: "wait", tabindex: -1 }, at.doing, at.bar, at.left);
		at.about = h("p");
		at.none = h("div", { class: "none", part: "none" }, at.about, button("start", "start", () => this.#work()));
		at.done = h("p", { class: "done", part: "done" }, icon("fine"), h("span", { "data-word": "none_done" }));
		at.stage = h("div", { class: "stage" }, this.#foil.box, this.#calls.box, at.wait, at.none, at.done);
		at.tools = h("div", { class: "tools", part: "tools" },
			button("renew", "tool", () => this.#renew()),
			button("cover", "tool", () => this.#cover()),
			button("other", "tool", () => this.#begin(this.#mode === "rub" || this.#mode === "none" ? "listen" : "rub")),
			button("less", "tool", () => this.#begin(this.#mode === "none" ? "rub" : "none")));
		at.says = h("p", { class: "hush", role: "status" });
		at.box = h("div", { class: "box", part: "box", role: "group", "aria-labelledby": "title", "aria-describedby": "hint" },
			at.title, at.hint, at.notice, at.stage, at.tools, at.says);
		return at.box;
	}

	// ---- What a page sees of it

	get form() { return this.#internals.form; }
	get name() { return this.getAttribute("name") || "scratch-response"; }
	get type() { return "scratch-challenge"; }

	// response is what the server wants to see, while it is fresh; else empty.
	get response() { return this.#response; }

	// card is the sealed card in hand, as the requests show it too; for tests of pages by those who hold the key.
	get card() { return this.#ready && this.#deal.card?.card || ""; }

	// verify asks for the verdict and gives the response; empty if there is none yet, and then the element has said why.
	verify() {
		if (this.#response) return Promise.resolve(this.#response);
		this.#judging ??= this.#judge().finally(() => {
			this.#judging = null;
			this.#internals.states?.delete("busy");
		});
		return this.#judging;
	}

	// reset forgets the response and asks for a new card.
	reset() {
		this.#begin(this.#wanted);
	}

	#judging = null;
	#mode = "rub";
	#mend = null; // what the button in the notice does

	get #wanted() {
		const mode = this.getAttribute("mode");
		return mode === "listen" || mode === "none" ? mode : "rub";
	}

	get #base() {
		const base = this.getAttribute("base") || new URL(".", this.getAttribute("src") || SOURCE || document.baseURI).href;
		return new URL(base.endsWith("/") ? base : `${base}/`, document.baseURI).href;
	}

	get #source() { return this.getAttribute("src") || SOURCE || `${this.#base}scratch.js`; }
	get #key() { return [this.#base, this.getAttribute("site"), this.getAttribute("action"), this.#mode].join("\n"); }

	connectedCallback() {
		if (!this.#awake) {
			this.#mode = this.#wanted;
			this.#show("wait");
		}
		this.#speak();
		// The work begins when the element is nearly in sight or the form is in use; loading the page does not wait for it.
		this.#near = new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && this.#wake(), { rootMargin: "300px" });
		this.#near.observe(this);
		this.addEventListener("focusin", this.#wake);
		addEventListener("pageshow", this.#back);
		// A page that was sent back for another mistake may hand in the response that it got: it still counts.
		const response = !this.#awake && this.getAttribute("response");
		if (response) {
			this.#awake = true;
			this.#show("");
			this.#heed({ response });
		}
	}

	disconnectedCallback() {
		this.#near.disconnect();
		this.#calls.silence();
		removeEventListener("pageshow", this.#back);
	}

	attributeChangedCallback(name, before, after) {
		if (!this.isConnected || before === after) return;
		if (name === "lang" || name === "base") this.#speak();
		if (name !== "lang" && this.#awake) this.#begin(this.#wanted);
	}

	formAssociatedCallback(form) {
		this.#heard?.removeEventListener("submit", this.#hold, true);
		this.#heard?.removeEventListener("focusin", this.#wake);
		this.#heard = form;
		form?.addEventListener("submit", this.#hold, true);
		form?.addEventListener("focusin", this.#wake);
	}

	formResetCallback() { if (this.#awake) this.reset(); }

	#heard = null;
	#near = null;
	#awake = false;

	#wake = () => {
		if (this.#awake) return;
		this.#awake = true;
		this.#near.disconnect();
		this.#begin(this.#wanted);
	};

	// A page that comes back from the browser's store still shows what was sent with it.
	#back = (e) => { if (e.persisted && this.#response) this.reset(); };

	// hold keeps a form from being sent until there is a response, and then sends it the way it was asked for. A button with
	// formnovalidate is let through.
	#hold = async (e) => {
		const { submitter } = e, form = this.form;
		if (this.#response || submitter?.formNoValidate || this.matches(":disabled")) return;
		e.preventDefault();
		e.stopImmediatePropagation();
		if (this.#holding) return; // clicked twice, sent once
		this.#holding = true;
		const response = await this.verify();
		this.#holding = false;
		if (!response || !form.isConnected) return;
		if (submitter?.isConnected && submitter.form === form) form.requestSubmit(submitter);
		else form.requestSubmit();
	};

	#holding = false;

	// submit is Enter on the card, which does what Enter in a field does.
	#submit() {
		const first = this.form && [...this.form.elements].find((e) => e.matches("button:not([type]), [type=submit], [type=image]"));
		if (first) first.click();
		else if (this.form) this.form.requestSubmit();
		else this.verify();
	}

	#tell(name, detail) { this.dispatchEvent(new CustomEvent(`scratch-${name}`, { detail, bubbles: true, composed: true })); }

	// ---- Dealing

	async #post(path, body) {
		const site = this.getAttribute("site") || "", action = this.getAttribute("action") || "";
		// The site is in the address as well, for what the browser asks beforehand (CORS), which has no body.
		const answer = await fetch(`${this.#base}${path}?site=${encodeURIComponent(site)}`, {
			method: "POST", credentials: "omit", cache: "no-store",
			headers: { "Content-Type": "application/json" }, body: JSON.stringify({ site, action, ...body }),
		});
		if (!answer.ok) throw await refusal(answer);
		return answer.json();
	}

	// begin shows a mode from its start: a card to rub, calls to listen to, or the work alone, which waits to be started.
	#begin(mode, again) {
		this.#mode = mode;
		this.#turn++;
		this.#ready = this.#stale = false;
		const left = this.#deal;
		if (left && left !== purse.get(this.#key) && left.work.done < left.work.parts) this.#drop(left);
		this.#deal = null;
		this.#answer("");
		clearTimeout(this.#timer);
		this.#calls.silence();
		this.#unnotice();
		this.#label();
		if (mode === "none" && !this.#kept()) this.#show("none");
		else this.#work(again);
	}

	#timer = 0;

	// drop is the end of a ticket: answered, over, or not wanted any more.
	#drop(deal) {
		deal?.work.stop();
		for (const [key, kept] of purse) if (kept === deal) purse.delete(key);
	}

	// kept is a ticket for the same that still counts and that nobody else works with.
	#kept() {
		const deal = purse.get(this.#key);
		return deal && deal.until > Date.now() + 10_000 && (deal.owner === this || !deal.owner.isConnected) ? deal : null;
	}

	// work gets a ticket, does its work, and lays out what is drawn for it.
	async #work(again) {
		const turn = ++this.#turn;
		const gone = () => turn !== this.#turn;
		if (!this.#words.rub_title) this.#speak();
		this.#show("wait");
		this.#progress();
		try {
			let deal = this.#kept();
			if (!deal) {
				const dealt = await this.#post("deal", { mode: this.#mode, ...again && { again } });
				if (gone()) return;
				deal = { ticket: dealt.ticket, work: new Work(dealt.work, this.#source), until: Date.now() + dealt.lives * 1000 };
				purse.set(this.#key, deal);
			}
			deal.owner = this;
			this.#deal = deal;
			deal.work.onpart = () => gone() || this.#progress(deal.work);
			this.#progress(deal.work);
			const work = await deal.work.solution;
			if (gone()) return;
			if (this.#mode !== "none") {
				deal.card ??= await this.#post("card", { ticket: deal.ticket, work });
				deal.until = Math.min(deal.until, Date.now() + deal.card.lives * 1000);
				if (gone()) return;
				await this.#lay(deal, gone);
				if (gone()) return;
			}
			this.#timer = setTimeout(() => this.#expire(), deal.until - Date.now());
			this.#ready = true;
			if (this.#slow || this.#waited) this.#unnotice();
			this.#show({ rub: "foil", listen: "calls", none: "done" }[this.#mode]);
			if (this.#at.notice.hidden) this.#say({ rub: "ready", listen: "ready_calls", none: "none_done" }[this.#mode]);
			this.#tell("ready", { mode: this.#mode });
		} catch (error) {
			if (!gone()) this.#trouble(error, () => this.#work(again));
		}
	}

	async #lay(deal, gone) {
		const under = (address) => new URL(address, this.#base).href;
		if (this.#mode === "listen") {
			this.#calls.lie(deal.card.calls.map(under), deal.card.slow.map(under));
			return;
		}
		// Both are there before either is shown: the card is never in the page uncovered.
		const [open, cover] = await Promise.all([picture(under(deal.card.open)), picture(under(deal.card.cover))]);
		if (!gone()) this.#foil.lie(open, cover);
	}

	// ---- Judging

	async #judge() {
		const first = { rub: "rub_first", listen: "listen_first" }[this.#mode];
		const picks = this.#calls.picks;
		if (!this.#awake) this.#wake();
		if (this.#stale) {
			this.#begin(this.#mode);
			return "";
		}
		if (!this.#ready) {
			if (this.#mode === "none" && !this.#deal) this.#work();
			this.#waited = true;
			if (!this.#slow) this.#notice("wait", "not_yet");
			return "";
		}
		if (this.#mode === "rub" ? !this.#foil.points.length : this.#mode === "listen" && picks.length !== 2) {
			this.#notice("bad", first);
			this.#tell("fail", { reason: "unanswered" });
			return "";
		}
		this.#internals.states?.add("busy");
		this.#say("checking");
		const turn = this.#turn, deal = this.#deal;
		try {
			const verdict = await (this.#mode === "none"
				? this.#post("card", { ticket: deal.ticket, work: await deal.work.solution })
				: this.#post("judge", { card: deal.card.card, ...this.#mode === "rub" ? { trace: this.#foil.trace } : { picks } }));
			if (turn !== this.#turn) return "";
			this.#drop(deal);
			return this.#heed(verdict);
		} catch (error) {
			if (turn === this.#turn) this.#trouble(error);
			return "";
		}
	}

	#heed({ result = "pass", response, reason, again }) {
		if (result === "pass") {
			this.#answer(response);
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => this.#expire(), FRESH);
			this.#notice("fine", this.#mode === "none" ? "none_done" : "passed");
			this.#tell("pass", { response });
			return response;
		}
		const why = { too_fast: "too_fast", too_slow: "too_slow" }[reason] || "ran_away";
		this.#begin(this.#mode, again);
		if (result === "again") this.#notice("wait", "again_head", "again_text");
		else this.#notice(why === "too_slow" ? "wait" : "bad", `${why}_head`, `${why}_text`);
		if (result === "again") this.#tell("again");
		else this.#tell("fail", { reason: reason || "" });
		return "";
	}

	#answer(response) {
		this.#response = response;
		const entry = new FormData(); // which needs no name attribute, unlike a plain value
		entry.append(this.name, response);
		this.#internals.setFormValue(response ? entry : null);
		this.#at.stage.inert = Boolean(response);
	}

	// expire is the end of a card's or a response's time. A new card waits to be asked for, so that a page left open is quiet.
	#expire() {
		this.#drop(this.#deal);
		this.#answer("");
		this.#turn++;
		this.#stale = true;
		this.#ready = false;
		this.#at.stage.inert = true;
		this.#notice("wait", "too_slow_head", "too_slow_text");
		this.#offer("new_card", () => this.#begin(this.#mode));
		this.#tell("expired");
	}

	// ---- Tools

	#renew() {
		this.#drop(this.#deal);
		this.#begin(this.#mode);
	}

	#cover() {
		this.#foil.reset();
		this.#say("covered");
	}

	// ---- What is seen and said

	async #speak() {
		const lang = this.lang || this.closest("[lang]")?.lang || document.documentElement.lang || navigator.language || "en";
		const address = `${this.#base}words/${encodeURIComponent(lang)}?site=${encodeURIComponent(this.getAttribute("site") || "")}`;
		if (!texts.has(address)) texts.set(address, fetch(address, { credentials: "omit" }).then((a) => a.ok ? a.json() : Promise.reject(a)));
		try {
			const told = await texts.get(address);
			this.#words = told.words;
			this.#at.box.lang = told.lang;
			this.#at.box.dir = told.dir;
			this.#label();
			this.#renotice?.();
		} catch {
			texts.delete(address); // the next element tries again
		}
	}

	#word(key, fill = {}) { return (this.#words[key] || "").replace(/\{(\w+)\}/g, (_, name) => fill[name] ?? ""); }
	#say(key, fill) { this.#at.says.textContent = this.#word(key, fill); }
	#number(n, options) { return new Intl.NumberFormat(this.#at.box.lang || "en", options).format(n); }
	#percent(share) { return this.#number(share, { style: "percent" }); }

	#time(seconds) {
		const [n, unit] = seconds < 55 ? [Math.ceil(seconds / 5) * 5, "second"] : [Math.ceil(seconds / 60), "minute"];
		return this.#number(n, { style: "unit", unit, unitDisplay: "long" });
	}

	// label puts the words of the mode into every piece.
	#label() {
		const at = this.#at, mode = this.#mode;
		at.title.textContent = this.#word(`${mode}_title`);
		at.hint.textContent = this.#word(`${mode}_hint`);
		const likely = rate ? 64 * cost / rate : 60; // 64 times what a card cost, at the pace of then; else a guess
		at.about.textContent = this.#word("none_about", { time: this.#time(likely) });
		at.start.textContent = this.#word("none_start");
		at.doing.textContent = this.#word(mode === "none" ? "none_working" : "working");
		this.#foil.box.setAttribute("aria-label", this.#word("rub_label"));
		for (const e of this.shadowRoot.querySelectorAll("[data-word], [data-label]")) {
			const { word, label, n } = e.dataset;
			if (word) e.textContent = this.#word(word, { n: n && this.#number(n) });
			if (label) e.setAttribute("aria-label", this.#word(label, { n: n && this.#number(n) }));
		}
		const tool = (button, sign, word) => {
			button.hidden = !sign;
			if (sign) button.replaceChildren(icon(sign), h("span", {}, this.#word(word)));
		};
		tool(at.renew, mode !== "none" && "renew", mode === "listen" ? "new_calls" : "new_card");
		tool(at.cover, mode === "rub" && "cover", "cover_again");
		tool(at.other, mode === "listen" ? "eye" : "ear", mode === "listen" ? "look_instead" : "listen_instead");
		tool(at.less, mode === "none" ? "back" : "door", mode === "none" ? "cancel" : "no_puzzle");
	}

	// show is the one piece on the stage. Whoever was on the stage stays there: the piece that goes takes no focus with it.
	#show(piece) {
		const { stage, wait, none, done, title, start, box } = this.#at;
		const here = stage.contains(this.shadowRoot.activeElement);
		const all = { foil: this.#foil.box, calls: this.#calls.box, wait, none, done };
		for (const name in all) all[name].hidden = name !== piece;
		stage.inert = false;
		box.dataset.shows = piece;
		if (piece === "foil") this.#foil.lay();
		if (here) ({ foil: this.#foil.box, calls: this.#calls.rows[0].play, wait, none: start }[piece] || title).focus({ preventScroll: true });
	}

	// progress is the bar; said aloud only at quarters, and only when it takes a while.
	#progress(work) {
		const { bar, left } = this.#at;
		if (!work) {
			bar.removeAttribute("value");
			left.textContent = "";
			this.#quarter = 0;
			this.#slow = this.#waited = false;
			return;
		}
		bar.max = work.parts;
		bar.value = work.done;
		const { seconds } = work;
		if (seconds > 3) left.textContent = this.#word("left", { time: this.#time(seconds) });
		const quarter = Math.floor(4 * work.done / work.parts);
		if (quarter > this.#quarter && performance.now() - work.began > 3000) this.#say("progress", { percent: this.#percent(quarter / 4) });
		this.#quarter = quarter;
		if (seconds > SLOW && this.#mode !== "none" && !this.#slow) {
			this.#slow = true;
			this.#notice("wait", "slow_head", "slow_text", { time: this.#time(seconds) });
		}
	}

	#quarter = 0;
	#slow = false;   // the device was told to be slow
	#waited = false; // the person was told to wait

	#notice(kind, head, text, fill) {
		const at = this.#at;
		this.#renotice = () => {
			at.head.textContent = this.#word(head, fill);
			at.text.textContent = text ? this.#word(text, fill) : "";
			this.#say(head, fill);
			at.says.append(" ", at.text.textContent);
		};
		at.notice.className = `notice ${kind}`;
		at.mark.replaceChildren(icon(kind));
		at.mend.hidden = true;
		at.notice.hidden = false;
		this.#renotice();
		at.notice.scrollIntoView?.({ block: "nearest" });
	}

	#renotice = null;

	#unnotice() {
		this.#renotice = null;
		this.#at.notice.hidden = true;
	}

	// offer puts a button into the notice.
	#offer(word, act) {
		const { mend, title } = this.#at;
		mend.hidden = false;
		mend.textContent = this.#word(word);
		this.#mend = () => {
			title.focus(); // the button goes away, and the reader's place should not
			act();
		};
	}

	#trouble(error, again) {
		if (error.kind === "over") {
			this.#expire();
			return;
		}
		if (error.kind === "limited") {
			this.#notice("wait", "limited_head", "limited_text", { time: this.#time(error.after || 60) });
		} else {
			this.#notice("bad", "trouble_head", "trouble_text");
		}
		if (again) {
			this.#show("");
			this.#offer("try_again", () => { this.#unnotice(); again(); });
		}
		this.#tell("error", { error: error.kind || "unreachable", retryAfter: error.after });
	}
}

if (!customElements.get("scratch-challenge")) customElements.define("scratch-challenge", ScratchChallenge);
