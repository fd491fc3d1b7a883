// ---- Rubbing --------------------------------------------------------------------------------------------------------
// The foil knows nothing of where the animals are, and never learns whether it is right. What it hands over is the trace:
// "x,y,t,d" joined by ";", tenths of a card pixel (0 to 3200, 0 to 2000), milliseconds since the first point, and 0 lifted,
// 1 rubbing by pointer, 2 rubbing by key.

const WIDTH = 320, HEIGHT = 200; // the card's own pixels
const BRUSH = 28;                // what one touch uncovers, as the server judges it
const CELL = 4;                  // of the mask that the percentage is counted on
const STEP = 8, STRIDE = 24;     // of the keyboard's cursor; the latter with Shift
const NEAR = 1.5;                // a shorter move is not recorded
const MOST = 3300;               // points recorded: 19 bytes each at most, and the server takes 64 KiB
const SHARP = 2;                 // most screen pixels for a CSS pixel: more costs and shows nothing
const KEY = "key";               // rubs in place of a pointer's id
const LIFTED = 0, POINTER = 1, BY_KEY = 2;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// From the bottom: the shadow that the torn foil throws, its paper, its sheen; each is rubbed away a little wider.
const LAYERS = [{ fill: "rgb(20 38 31 / .3)", wide: BRUSH - 4 }, { fill: "#fbf8ee", wide: BRUSH - 2 }, { wide: BRUSH }];
const CRUMBS = ["#9db4ad", "#cbd9d4", "#fbf8ee", "#b5c5bf"];

const clamp = (v, most) => Math.min(Math.max(v, 0), most);
const still = matchMedia("(prefers-reduced-motion: reduce)");

class Foil {
	// on: rubbed(), said(percent), submit(), leave()
	constructor(on) {
		this.on = on;
		this.screen = h("canvas");
		this.air = h("canvas", { class: "air" });
		this.ring = h("span", { class: "ring", hidden: true });
		this.box = h("div", { class: "foil", part: "foil", role: "application", tabindex: 0 }, this.screen, this.air, this.ring);
		this.at = [WIDTH / 2, HEIGHT / 2]; // of the keyboard's cursor
		this.crumbs = [];
		this.clear();
		this.listen();
		new ResizeObserver(() => this.lay()).observe(this.box);
	}

	// lie puts a card under its cover; without, nothing can be rubbed.
	lie(open, cover) {
		this.open = open;
		this.cover = cover;
		this.reset();
	}

	clear() {
		this.points = [];   // [x, y, t, d], x and y in card pixels
		this.rubber = null; // a pointer's id or KEY while rubbing
		this.drawn = 0;     // points already rubbed away on the screen
		this.mask = new Uint8Array(WIDTH / CELL * HEIGHT / CELL);
		this.free = 0;      // cells of it
	}

	// reset covers the card again and starts the trace anew.
	reset() {
		this.clear();
		this.lay();
	}

	get percent() { return this.free / this.mask.length; }

	get trace() {
		return this.points.map(([x, y, t, d]) => `${Math.round(x * 10)},${Math.round(y * 10)},${t},${d}`).join(";");
	}

	listen() {
		const on = (types, handle) => types.split(" ").forEach((type) => this.box.addEventListener(type, handle));
		on("pointerdown", (e) => this.press(e));
		on("pointermove", (e) => this.move(e));
		on("pointerup pointercancel lostpointercapture", (e) => { if (e.pointerId === this.rubber) this.lift(e); });
		on("dragstart contextmenu", (e) => e.preventDefault());
		on("keydown", (e) => this.key(e));
		on("keyup", (e) => { if (e.key === " " && this.rubber === KEY) this.lift(e); });
		on("focus", () => this.point(this.box.matches(":focus-visible")));
		on("blur", (e) => {
			if (this.rubber === KEY) this.lift(e);
			this.point(false);
		});
	}

	// A pointer is a mouse, a pen or a finger; a tap is a dab.

	press(e) {
		if (!this.open || this.rubber !== null || e.button !== 0 || !e.isPrimary) return;
		this.rubber = e.pointerId;
		this.box.setPointerCapture(e.pointerId);
		this.point(false);
		this.area = this.screen.getBoundingClientRect();
		this.rub(...this.place(e), e, POINTER, true);
	}

	move(e) {
		if (e.pointerId !== this.rubber) return;
		const moves = e.getCoalescedEvents?.() ?? [];
		for (const m of moves.length ? moves : [e]) this.rub(...this.place(m), m, POINTER);
	}

	place(e) {
		const a = this.area;
		return [(e.clientX - a.left) / a.width * WIDTH, (e.clientY - a.top) / a.height * HEIGHT];
	}

	// Keyboard: arrows move the cursor, Space rubs, Enter submits, Escape leaves.
	key(e) {
		if (e.ctrlKey || e.altKey || e.metaKey) return;
		const way = ARROWS[e.key];
		if (way) {
			const by = e.shiftKey ? STRIDE : STEP;
			this.at = [clamp(this.at[0] + way[0] * by, WIDTH), clamp(this.at[1] + way[1] * by, HEIGHT)];
			this.point(true);
			if (this.rubber === KEY) this.rub(...this.at, e, BY_KEY);
		} else if (e.key === " ") {
			this.point(true);
			if (this.open && this.rubber === null) {
				this.rubber = KEY;
				this.rub(...this.at, e, BY_KEY, true);
			}
		} else if (e.key === "Enter") {
			if (!e.repeat) this.on.submit();
		} else if (e.key === "Escape") {
			this.on.leave();
		} else {
			return;
		}
		e.preventDefault();
	}

	// point shows or hides the keyboard's cursor.
	point(shown) {
		this.ring.hidden = !shown;
		this.ring.style.left = `${100 * this.at[0] / WIDTH}%`;
		this.ring.style.top = `${100 * this.at[1] / HEIGHT}%`;
	}

	// rub records a place and uncovers it. Outside of the card the brush is lifted until it comes back.
	rub(x, y, e, by, first) {
		const last = this.points.at(-1);
		const outside = Math.abs(x - clamp(x, WIDTH)) > BRUSH / 2 || Math.abs(y - clamp(y, HEIGHT)) > BRUSH / 2;
		if (outside) return this.record(last, e, LIFTED);
		x = clamp(x, WIDTH);
		y = clamp(y, HEIGHT);
		if (!first && last?.[3] && Math.hypot(x - last[0], y - last[1]) < NEAR || this.points.length >= MOST) return;
		this.record([x, y], e, by);
		this.count(this.points.length - 1);
		this.frame();
	}

	lift(e) {
		const byKey = this.rubber === KEY;
		this.rubber = null;
		this.record(this.points.at(-1), e, LIFTED);
		this.on.rubbed(byKey);
	}

	record(place, e, by) {
		const last = this.points.at(-1);
		if (!place || by === LIFTED && !last[3]) return;
		const now = Math.round(e.timeStamp || performance.now());
		if (!last) this.began = now;
		this.points.push([Math.round(place[0] * 10) / 10, Math.round(place[1] * 10) / 10, Math.max(now - this.began, last?.[2] ?? 0), by]);
	}

	// before is the point that a point is joined to: itself when the brush was set down there.
	before(i) { return this.points[i - 1]?.[3] ? this.points[i - 1] : this.points[i]; }

	// count marks the cells that the way to a point uncovers, as the server will.
	count(i) {
		const [x, y] = this.points[i], [bx, by] = this.before(i);
		const dx = x - bx, dy = y - by, long = dx * dx + dy * dy, r = BRUSH / 2;
		const columns = WIDTH / CELL;
		const edge = (v, most) => Math.floor(clamp(v, most - 1) / CELL);
		for (let row = edge(Math.min(y, by) - r, HEIGHT); row <= edge(Math.max(y, by) + r, HEIGHT); row++) {
			for (let column = edge(Math.min(x, bx) - r, WIDTH); column <= edge(Math.max(x, bx) + r, WIDTH); column++) {
				const cx = (column + .5) * CELL - bx, cy = (row + .5) * CELL - by;
				const along = long && clamp((cx * dx + cy * dy) / long, 1);
				const cell = row * columns + column;
				if (this.mask[cell] || Math.hypot(cx - along * dx, cy - along * dy) > r) continue;
				this.mask[cell] = 1;
				this.free++;
			}
		}
	}

	// Drawing. The layers are kept off the screen; a frame rubs the new points out of them and copies the box around those
	// onto the screen's canvas, which has no transparency and so the shortest way to the glass.

	// lay draws everything at the screen's own resolution, and rubs again what was rubbed.
	lay() {
		const box = this.box.getBoundingClientRect();
		if (!this.open || box.width < 40) return; // not laid out yet
		const scale = clamp(devicePixelRatio || 1, SHARP);
		const width = Math.round(box.width * scale), height = Math.round(box.height * scale);
		this.scale = [width / WIDTH, height / HEIGHT];
		const prepare = (canvas, options) => {
			canvas.width = width;
			canvas.height = height;
			const pen = canvas.getContext("2d", options);
			pen.scale(...this.scale);
			return pen;
		};
		this.glass = prepare(this.screen, { alpha: false, desynchronized: true });
		this.glass.setTransform(1, 0, 0, 1, 0, 0);
		this.air.width = WIDTH; // crumbs are too small to be sharp
		this.air.height = HEIGHT;
		this.sky = this.air.getContext("2d");
		const picture = (from) => {
			const pen = prepare(h("canvas"));
			pen.drawImage(from, 0, 0, WIDTH, HEIGHT);
			return pen;
		};
		this.card = picture(this.open);
		this.layers = LAYERS.map(({ fill }) => {
			const pen = fill ? prepare(h("canvas")) : picture(this.cover);
			if (fill) {
				pen.fillStyle = fill;
				pen.fillRect(0, 0, WIDTH, HEIGHT);
			}
			pen.globalCompositeOperation = "destination-out";
			pen.lineCap = pen.lineJoin = "round";
			return pen;
		});
		this.drawn = 0;
		this.uncover();
		this.copy(0, 0, WIDTH, HEIGHT);
	}

	// frame asks for the next frame, once.
	frame() {
		this.waiting ??= requestAnimationFrame((now) => {
			this.waiting = null;
			const from = this.drawn;
			const box = this.uncover();
			if (box) this.copy(...box);
			this.fall(from, now);
		});
	}

	// uncover rubs the points not yet drawn out of the layers, and returns the box that changed.
	uncover() {
		if (!this.layers || this.drawn >= this.points.length) return;
		let left = WIDTH, top = HEIGHT, right = 0, bottom = 0;
		this.layers.forEach((pen, l) => {
			const { wide } = LAYERS[l];
			pen.lineWidth = wide;
			pen.beginPath();
			for (let i = this.drawn; i < this.points.length; i++) {
				const [x, y, , by] = this.points[i];
				if (!by) continue;
				const [bx, by_] = this.before(i);
				pen.moveTo(bx, by_);
				pen.lineTo(x + .01, y);
				left = Math.min(left, x, bx); right = Math.max(right, x, bx);
				top = Math.min(top, y, by_); bottom = Math.max(bottom, y, by_);
			}
			pen.stroke();
			if (l) this.tear(pen, wide / 2, l / 2);
		});
		this.drawn = this.points.length;
		const r = BRUSH / 2 + 4;
		return left <= right && [left - r, top - r, right + r, bottom + r];
	}

	// tear bites small pieces off the edge, all along the way. They follow from the place, so that drawing again looks the same.
	tear(pen, r, l) {
		pen.beginPath();
		for (let i = this.drawn; i < this.points.length; i++) {
			const [x, y, , by] = this.points[i], [bx, by_] = this.before(i);
			const many = by && 1 + Math.floor(Math.hypot(x - bx, y - by_) / 5);
			let seed = Math.round(x * 131 + y * 197 + i * 17) >>> 0;
			const random = () => {
				seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
				return seed / 2 ** 32;
			};
			for (let n = 0; n < 6 * many; n++) {
				const part = Math.floor(n / 6) / many, turn = random() * 2 * Math.PI, size = .5 + random() * (1 + l);
				const cx = x + (bx - x) * part + Math.cos(turn) * (r - .4), cy = y + (by_ - y) * part + Math.sin(turn) * (r - .4);
				pen.moveTo(cx + size, cy);
				pen.arc(cx, cy, size, 0, 2 * Math.PI);
			}
		}
		pen.fill();
	}

	// copy brings a box of the card, in its own pixels, up to date on the screen.
	copy(left, top, right, bottom) {
		const [sx, sy] = this.scale;
		const x = Math.floor(clamp(left, WIDTH) * sx), y = Math.floor(clamp(top, HEIGHT) * sy);
		const w = Math.ceil(clamp(right, WIDTH) * sx) - x, t = Math.ceil(clamp(bottom, HEIGHT) * sy) - y;
		if (w <= 0 || t <= 0) return;
		for (const { canvas } of [this.card, ...this.layers]) this.glass.drawImage(canvas, x, y, w, t, x, y, w, t);
	}

	// fall lets crumbs of the foil fall from where it was just rubbed.
	fall(from, now) {
		if (!still.matches) {
			for (let i = from; i < this.drawn && this.crumbs.length < 30; i++) {
				const [x, y, , by] = this.points[i];
				const side = Math.random() * 2 * Math.PI;
				if (by) {
					this.crumbs.push({
						x: x + Math.cos(side) * BRUSH / 2, y: y + Math.sin(side) * BRUSH / 2, dx: Math.cos(side) * 18, dy: -20 - Math.random() * 20,
						size: .9 + Math.random() * 1.5, turn: side, fill: CRUMBS[i % CRUMBS.length], born: now,
					});
				}
			}
		}
		if (!this.sky || !this.crumbs.length) return;
		this.sky.setTransform(1, 0, 0, 1, 0, 0);
		this.sky.clearRect(0, 0, WIDTH, HEIGHT);
		this.crumbs = this.crumbs.filter((c) => now - c.born < 700);
		for (const c of this.crumbs) {
			const t = (now - c.born) / 1000, cos = Math.cos(c.turn + 7 * t), sin = Math.sin(c.turn + 7 * t);
			this.sky.globalAlpha = clamp(2.4 - t * 3.4, 1);
			this.sky.fillStyle = c.fill;
			this.sky.setTransform(cos, sin, -sin, cos, c.x + c.dx * t, c.y + c.dy * t + 190 * t * t);
			this.sky.fillRect(-c.size, -c.size / 2, 2 * c.size, c.size);
		}
		if (this.crumbs.length) this.frame();
	}
}
