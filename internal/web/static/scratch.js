// The scratch card in the browser: shows the frosted cover over the card, rubs
// it away, and puts the pointer's trace into the form when it is submitted. It
// knows nothing of where the animals are, and never learns whether it is right.
//
// Markup, in a form that also holds <input type="hidden" name="trace">:
//   <div class="foil" data-card="URL" data-cover="URL" tabindex="0"
//        role="application" aria-label="..."
//        data-alt-failed="..."        shown when the pictures cannot be loaded
//        data-say-uncovered="..."     said after rubbing by key; {percent} is filled in
//        data-say-reset="..."></div>  said after the reset button was used
//   <button type="button" data-reset-card>  optional: covers the card again
//
// The trace is "x,y,t,d" points joined by ";": tenths of a card pixel (0 to 3200,
// 0 to 2000), milliseconds since the first point, 1 rubbing or 0 lifted.
(() => {
	"use strict";

	const WIDTH = 320, HEIGHT = 200; // the card's own pixels
	const BRUSH = 28;                // what one touch uncovers, as the server judges it
	const STEP = 8, STRIDE = 24;     // of the keyboard's cursor; the latter with Shift
	const NEAR = 1.5;                // a shorter move is not recorded
	const MOST = 3900;               // points recorded; the server takes 4000
	const KEY = "key";               // rubs in place of a pointer's id
	const PLAIN = "#bfd0ca";         // of a cover whose picture did not come

	const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

	const clamp = (v, most) => Math.min(Math.max(v, 0), most);

	const element = (name, style) => {
		const e = document.createElement(name);
		Object.assign(e.style, style); // CSSOM: no style attribute, so no CSP exception
		return e;
	};

	const picture = (url) => new Promise((done, failed) => {
		const img = new Image();
		img.onload = () => done(img);
		img.onerror = failed;
		img.src = url;
	});

	class Card {
		constructor(foil) {
			this.foil = foil;
			this.form = foil.closest("form");
			this.points = [];    // [x, y, t, down], x and y in card pixels
			this.rubber = null;  // a pointer's id or KEY while rubbing
			this.ready = false;
			this.at = { x: WIDTH / 2, y: HEIGHT / 2 }; // of the keyboard's cursor
			this.build();
			this.listen();
			this.load();
		}

		// build fills the foil: the card below, the cover above, the cursor on top.
		build() {
			const all = { position: "absolute", inset: "0", inlineSize: "100%", blockSize: "100%" };
			this.veil = element("span", { ...all, filter: "var(--dim, none)" });
			this.canvas = element("canvas", { ...all, filter: "drop-shadow(0 1px 1px rgb(43 58 51 / .55))" });
			this.veil.append(this.canvas);
			this.ring = element("span", {
				position: "absolute", boxSizing: "border-box", pointerEvents: "none",
				inlineSize: `${100 * BRUSH / WIDTH}%`, aspectRatio: "1", borderRadius: "50%", translate: "-50% -50%",
				border: "2px solid #14261f", outline: "2px solid #fff", boxShadow: "inset 0 0 0 2px #fff",
			});
			if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
				this.ring.style.transition = "left 70ms, top 70ms";
			}
			this.ring.hidden = true;
			this.says = element("p", {});
			this.says.className = "hush";
			this.says.setAttribute("role", "status");
			Object.assign(this.foil.style, { userSelect: "none", webkitUserSelect: "none" });
			this.foil.replaceChildren(this.veil, this.ring);
			this.foil.after(this.says);
		}

		// load fetches the cover first: the card is not in the page before it is
		// covered.
		async load() {
			this.foil.setAttribute("aria-busy", "true");
			this.cover = await picture(this.foil.dataset.cover).catch(() => null);
			this.draw();
			try {
				const below = await picture(this.foil.dataset.card);
				below.alt = "";
				below.draggable = false;
				this.foil.prepend(below);
				this.ready = true;
			} catch {
				this.fail();
			}
			this.foil.removeAttribute("aria-busy");
		}

		fail() {
			const text = this.foil.dataset.altFailed || "";
			const p = element("p", { padding: "1rem", margin: "0" });
			p.textContent = text;
			this.foil.replaceChildren(p);
			this.say(text);
		}

		listen() {
			const on = (target, types, handle) => {
				for (const type of types.split(" ")) target.addEventListener(type, handle);
			};
			on(this.foil, "pointerdown", (e) => this.press(e));
			on(this.foil, "pointermove", (e) => this.move(e));
			on(this.foil, "pointerup pointercancel lostpointercapture", (e) => {
				if (e.pointerId === this.rubber) this.lift();
			});
			on(this.foil, "dragstart", (e) => e.preventDefault());
			on(this.foil, "keydown", (e) => this.key(e));
			on(this.foil, "keyup", (e) => {
				if (e.key === " " && this.rubber === KEY) this.lift();
			});
			on(this.foil, "focus", () => this.point(this.foil.matches(":focus-visible")));
			on(this.foil, "blur", () => {
				if (this.rubber === KEY) this.lift();
				this.point(false);
			});
			if (this.form) {
				on(this.form, "submit", () => this.hand());
				for (const b of this.form.querySelectorAll("[data-reset-card]")) on(b, "click", () => this.reset());
			}
			new ResizeObserver(() => this.draw()).observe(this.foil);
		}

		// pointer: mouse, pen or finger; a tap is a dab

		press(e) {
			if (!this.ready || this.rubber !== null || e.button !== 0 || !e.isPrimary) return;
			this.rubber = e.pointerId;
			this.foil.setPointerCapture(e.pointerId);
			this.point(false);
			this.rub(this.place(e), true);
		}

		move(e) {
			if (e.pointerId !== this.rubber) return;
			const moves = e.getCoalescedEvents ? e.getCoalescedEvents() : [];
			for (const m of moves.length ? moves : [e]) this.rub(this.place(m), false);
		}

		place(e) {
			const box = this.canvas.getBoundingClientRect();
			return { x: (e.clientX - box.left) / box.width * WIDTH, y: (e.clientY - box.top) / box.height * HEIGHT };
		}

		// keyboard: arrows move the cursor, Space rubs, Enter submits, Escape leaves

		key(e) {
			if (e.ctrlKey || e.altKey || e.metaKey) return;
			const way = ARROWS[e.key];
			if (way) {
				const by = e.shiftKey ? STRIDE : STEP;
				this.at = { x: clamp(this.at.x + way[0] * by, WIDTH), y: clamp(this.at.y + way[1] * by, HEIGHT) };
				this.point(true);
				if (this.rubber === KEY) this.rub(this.at, false);
			} else if (e.key === " ") {
				this.point(true);
				if (this.ready && this.rubber === null) {
					this.rubber = KEY;
					this.rub(this.at, true);
				}
			} else if (e.key === "Enter") {
				if (this.form) this.form.requestSubmit();
			} else if (e.key === "Escape") {
				this.foil.blur();
			} else {
				return;
			}
			e.preventDefault();
		}

		// point shows or hides the cursor.
		point(shown) {
			this.ring.hidden = !shown;
			this.ring.style.left = `${100 * this.at.x / WIDTH}%`;
			this.ring.style.top = `${100 * this.at.y / HEIGHT}%`;
		}

		// rubbing

		// rub records a place and uncovers it. Outside of the card the brush is
		// lifted until it comes back.
		rub(to, first) {
			const last = this.points.at(-1);
			const outside = Math.abs(to.x - clamp(to.x, WIDTH)) > BRUSH / 2 || Math.abs(to.y - clamp(to.y, HEIGHT)) > BRUSH / 2;
			if (outside) {
				this.record(last, false);
				return;
			}
			const x = clamp(to.x, WIDTH), y = clamp(to.y, HEIGHT);
			if (!first && last && last[3] && Math.hypot(x - last[0], y - last[1]) < NEAR) return;
			if (this.points.length >= MOST) return;
			this.record([x, y], true);
			this.uncover(this.points.length - 1);
		}

		lift() {
			const byKey = this.rubber === KEY;
			this.rubber = null;
			this.record(this.points.at(-1), false);
			if (byKey && this.foil.dataset.sayUncovered) {
				this.say(this.foil.dataset.sayUncovered.replace("{percent}", this.percent()));
			}
		}

		record(place, down) {
			const last = this.points.at(-1);
			if (!place || !down && !last[3]) return;
			const now = Math.round(performance.now());
			if (!last) this.began = now;
			this.points.push([
				Math.round(place[0] * 10) / 10, Math.round(place[1] * 10) / 10,
				Math.max(now - this.began, last ? last[2] : 0), down,
			]);
		}

		// reset covers the card again and starts the trace anew.
		reset() {
			this.points = [];
			this.rubber = null;
			this.draw();
			this.say(this.foil.dataset.sayReset || "");
		}

		// hand puts the trace into the form.
		hand() {
			const field = this.form.elements.namedItem("trace");
			if (!field) return;
			field.value = this.points
				.map(([x, y, t, down]) => `${Math.round(x * 10)},${Math.round(y * 10)},${t},${down ? 1 : 0}`).join(";");
		}

		// drawing

		// draw lays the whole cover at the screen's own resolution, and rubs it
		// again as it was.
		draw() {
			const box = this.foil.getBoundingClientRect();
			const scale = Math.max(1, window.devicePixelRatio || 1);
			if (this.cover === undefined || !box.width) return;
			this.canvas.width = Math.round(box.width * scale);
			this.canvas.height = Math.round(box.height * scale);
			this.pen = this.canvas.getContext("2d");
			this.pen.fillStyle = PLAIN;
			this.pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
			if (this.cover) this.pen.drawImage(this.cover, 0, 0, this.canvas.width, this.canvas.height);
			this.pen.scale(this.canvas.width / WIDTH, this.canvas.height / HEIGHT);
			this.pen.globalCompositeOperation = "destination-out";
			this.pen.lineCap = "round";
			for (let i = 0; i < this.points.length; i++) this.uncover(i);
		}

		// uncover rubs from the point before to this one, with an edge as of torn
		// foil. The edge's crumbs follow from the place, so a redraw looks the same.
		uncover(i) {
			const [x, y, , down] = this.points[i];
			if (!down || !this.pen) return;
			const before = i > 0 && this.points[i - 1][3] ? this.points[i - 1] : [x, y];
			this.pen.lineWidth = BRUSH - 1.5;
			this.pen.beginPath();
			this.pen.moveTo(before[0], before[1]);
			this.pen.lineTo(x + 0.01, y);
			this.pen.stroke();
			this.pen.beginPath();
			let seed = Math.round(x * 131 + y * 197 + i * 17) >>> 0;
			for (let n = 0; n < 9; n++) {
				seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
				const turn = seed / 2 ** 32 * 2 * Math.PI;
				const size = 1 + (seed >>> 8) % 100 / 70;
				const cx = x + Math.cos(turn) * (BRUSH / 2 - 1), cy = y + Math.sin(turn) * (BRUSH / 2 - 1);
				this.pen.moveTo(cx + size, cy);
				this.pen.arc(cx, cy, size, 0, 2 * Math.PI);
			}
			this.pen.fill();
		}

		// percent is how much of the card is uncovered, on the server's 4 px cells.
		percent() {
			let free = 0, all = 0;
			for (let y = 2; y < HEIGHT; y += 4) {
				for (let x = 2; x < WIDTH; x += 4) {
					all++;
					if (this.points.some(([px, py, , down]) => down && Math.hypot(px - x, py - y) <= BRUSH / 2)) free++;
				}
			}
			return Math.round(100 * free / all);
		}

		say(text) { this.says.textContent = text; }
	}

	const start = () => {
		for (const foil of document.querySelectorAll(".foil[data-card][data-cover]")) new Card(foil);
	};
	if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
	else start();
})();
