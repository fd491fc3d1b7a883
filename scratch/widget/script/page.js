// ---- Pieces of a page -----------------------------------------------------------------------------------------------
// Everything is built by DOM calls: no markup from text, no style attribute, nothing that a strict policy would refuse.

const SOURCE = document.currentScript?.src; // of this file; missing when it is imported as a module

// h makes an element: "on..." are listeners, true and false are attributes without a value.
const h = (name, attributes = {}, ...inside) => {
	const e = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
		else if (value !== false) e.setAttribute(key, value === true ? "" : value);
	}
	e.append(...inside);
	return e;
};

const ICONS = {
	renew: ["M19.5 12a7.5 7.5 0 1 1-2.3-5.4", "M19.8 3.8v4h-4"],
	cover: ["M4.5 7.5h15v11h-15z", "M8 7.5v2.2M12 7.5v4M16 7.5v2.8", "M8 4.5h8"],
	ear: ["M4 9.8v4.4h3.3L12 18V6L7.3 9.8z", "M15.3 9.2a4 4 0 0 1 0 5.6M17.9 6.7a7.5 7.5 0 0 1 0 10.6"],
	eye: ["M2.8 12S6.2 5.8 12 5.8 21.2 12 21.2 12 17.8 18.2 12 18.2 2.8 12 2.8 12z", "M12 9.3a2.7 2.7 0 1 0 .01 0"],
	door: ["M6 20.5V5A1.5 1.5 0 0 1 7.5 3.5h9A1.5 1.5 0 0 1 18 5v15.5", "M3.5 20.5h17M14.5 12v.01"],
	back: ["M19 12H5.5M11 6l-6 6 6 6"],
	play: ["M8 5.5v13l10.5-6.5z"],
	stop: ["M7 7h10v10H7z"],
	snail: ["M3 18.5h12.5c2.5 0 4-1.7 4-4.2V8.5M19.5 8.5 21.3 5M19.5 8.5 17.3 5.6", "M9.3 18.5a5.6 5.6 0 1 1 5.6-5.6M9.3 15.2a2.3 2.3 0 1 1 2.3-2.3"],
	bad: ["M12 3a9 9 0 1 0 .01 0", "M12 7.5v5.2M12 16.3v.01"],
	wait: ["M12 3a9 9 0 1 0 .01 0", "M12 7v5.2l3.2 2"],
	fine: ["M5 12.8l4.6 4.6L19.5 7"],
};

const icon = (name) => {
	const make = (tag, attributes) => {
		const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
		for (const key in attributes) e.setAttribute(key, attributes[key]);
		return e;
	};
	const svg = make("svg", { viewBox: "0 0 24 24", class: `icon sign-${name}`, "aria-hidden": "true" });
	svg.append(...ICONS[name].map((d) => make("path", { d })));
	return svg;
};

const bytes = async (address) => {
	const answer = await fetch(address, { credentials: "omit" });
	if (!answer.ok) throw await refusal(answer);
	return answer.arrayBuffer();
};

// Pictures are decoded from what was fetched: no permission for img-src is needed.
const picture = async (address) => createImageBitmap(new Blob([await bytes(address)]));

// refusal is an answer that is no success, as an error: error is the server's word for it.
const refusal = async (answer) => {
	const told = await answer.json().catch(() => ({}));
	return Object.assign(new Error(told.error || `status ${answer.status}`), { kind: told.error, after: told.retry_after });
};
