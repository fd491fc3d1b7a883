package scratch

// Hens, facing right in a space of 100 x 100, feet at the bottom: comb, wattle,
// pointed beak and upright tail together, in every stance.

func hens() []drawing {
	return []drawing{
		standingHen(), peckingHen(), broodingHen(), frontHen(), flappingHen(), runningHen(), bantam(), leghorn(), lookingBackHen(),
	}
}

// hen puts a stance together. The coat comes with its shades and hackles.
func hen(stance string, h hensHead, tail, legs, coats choice, wing choice, front ...choice) drawing {
	d := drawing{stance: stance, limbs: []choice{tail, legs, h.comb(), h.beak(), coats, wing}}
	d.limbs = append(d.limbs, h.rest()...)
	d.limbs = append(d.limbs, front...)
	d.head = joint{at: h.at, reach: 24, pivot: point{h.at.x - 10, h.at.y + 19}, turn: 11, grow: .1}
	d.tail = joint{at: point{18, 30}, reach: 24, pivot: point{38, 56}, turn: 12, grow: .12}
	d.crown = h.around()
	return d
}

// coats is a body with nothing more, with a light breast, or with a hackle.
func coats(shape, breast, hackle string) choice {
	plain := coat(body, shape)
	return either(
		limb{plain, fine(light, breast)}, limb{plain},
		limb{plain, fine(trim, hackle)}, limb{plain, fine(light, breast), fine(trim, hackle)},
		limb{plain, fine(dark, hackle)},
	)
}

func standingHen() drawing {
	return hen("standing", hensHead{at: point{76, 25}, size: 1}, tailAt(point{34, 64}, 0, 1),
		either(
			limb{line(leg, 3.2, "M45 84v11.5M45 95.5l8 1.8M45 95.5l-5 2M65 82v12.5M65 94.5l8 2.3M65 94.5l-5 2.5")},
			limb{line(leg, 3.2, "M48 82l-5 12M43 94l8 3M43 94l-6 1.6M62 82l7 11.5M69 93.5l7.5 1.5M69 93.5l-4 3.5")},
			limb{line(leg, 3.2, "M46 84v11.5M46 95.5l8 1.8M46 95.5l-5 2M64 82l5 5-6 6M63 93l7 1M63 93l-3 4")},
		),
		coats("M31 53c12 4 23-1 28-11 3-7 2-13 4-18 2-7 8-11 15-10 8 1 12 7 11 15-1 6-1 11 1 17 5 20-8 39-32 40-22 1-40-11-40-29 0-6 3-10 6-12 1 4 4 7 7 8z",
			"M80 45c4 14-2 28-16 34 15-1 25-12 26-25 0-5-2-9-3-14-2 3-4 4-7 5z",
			"M61 35c1-5 1-9 3-13 3-6 8-9 15-8 7 1 11 7 10 15-1 6-1 11 1 17-4 2-6 5-8 1-2 5-5 6-7 2-3 4-6 3-8 0-3 2-6 0-9-4 2-3 3-6 3-10z"),
		wingAt(point{51, 68}, 0, 1))
}

func peckingHen() drawing {
	d := hen("pecking", hensHead{at: point{84, 75}, degrees: 52, size: .95}, tailAt(point{30, 58}, -4, 1),
		either(
			limb{line(leg, 3.2, "M38 84v11M38 95l8 2M38 95l-5 2M56 84v11M56 95l8 2M56 95l-5 2")},
			limb{line(leg, 3.2, "M40 82l-6 12M34 94l8 2.5M34 94l-6 2M54 83l6 11M60 94l7 1.6M60 94l-4 3")},
		),
		coats("M19 48c4 2 8 2 14-1 12-6 26-7 37 0 11 7 19 15 24 26 3 8 0 15-7 17-8 2-13-3-17-10-6 6-16 9-27 8-19-1-31-13-31-28 0-5 2-9 7-12z",
			"M72 64c2 7 1 12-2 16-6 6-16 9-27 8-6 0-12-2-17-5 18 1 37-1 46-19z",
			"M68 46c12 7 21 16 26 27 3 8 0 15-7 17-8 2-13-3-17-10-2-2-4-4-3-7-5 0-6-4-4-8-4-2-4-6-1-9-2-4 1-8 6-10z"),
		wingAt(point{46, 63}, 2, .95))
	d.head = joint{at: point{86, 76}, reach: 22, pivot: point{66, 60}, turn: 10, grow: .1}
	d.tail = joint{at: point{14, 26}, reach: 24, pivot: point{32, 52}, turn: 12, grow: .12}
	return d
}

func broodingHen() drawing {
	d := hen("brooding", hensHead{at: point{76, 40}, size: 1}, tailAt(point{28, 74}, -8, .92),
		either(
			limb{},
			limb{fill(straw, "M6 86c4-4 10-2 14-5 20 3 40 3 62-1 4 2 9 2 13 6-3 9-10 12-18 12-18 2-37 2-54 0-8 0-14-4-17-12z")},
		),
		coats("M21 64c12 4 28 1 36-9 5-6 4-12 6-17 2-7 8-11 15-10 8 1 12 7 11 15-1 6 0 10 2 15 6 16 3 34-20 36-16 2-34 2-48-1C8 90 3 77 8 67c2-4 4-6 7-8 1 3 3 4 6 5z",
			"M80 60c5 12 0 24-14 30 18-1 27-11 26-24 0-5-2-8-4-12-2 4-4 5-8 6z",
			"M59 52c3-6 3-10 4-14 2-7 8-11 15-10 8 1 12 7 11 15-1 6 0 10 2 15-4 4-6 5-8 2-2 5-5 6-7 2-3 4-6 3-8 0-3 2-7-1-10-4z"),
		wingAt(point{48, 77}, -4, 1.05),
		either(
			limb{},
			limb{fine(straw, "M4 90c10 3 20 0 30 3 12-2 24 2 36-1 8 1 16 0 25-3-3 8-10 10-18 10-18 1-37 1-54 0-8 0-15-3-19-9z")},
			limb{fineLine(straw, 2.4, "M8 94c14-3 26 1 40-2M30 96c20-3 34 1 56-3M14 91l-9 3M90 90l6 4")},
		))
	d.tail.at, d.tail.pivot = point{14, 48}, point{30, 68}
	return d
}

// frontHen looks at you, her tail behind her.
func frontHen() drawing {
	tail := choice{of: hensTails}.moved(put(point{40, 62}, -6, .82), put(point{40, 62}, -16, .95), mirrored(point{62, 62}, 4, .85), mirrored(point{62, 62}, -6, .95))
	var crest choice
	for _, c := range combs[:5] {
		crest.of = append(crest.of, limb{c})
	}
	at := point{53, 26}
	crest = crest.moved(put(at, 6, 1.05), put(at, 10, 1.18), mirrored(at, -6, 1.1), mirrored(at, -10, 1.2))
	d := drawing{stance: "facing you", limbs: []choice{
		tail,
		only(line(leg, 3.2, "M42 86v9M42 95l-6 2M42 95l6 2M62 86v9M62 95l-6 2M62 95l6 2")),
		crest,
		coats("M39 30c0-9 6-15 14-15s14 6 14 15c0 10 5 17 10 25 9 16 4 36-24 36-29 0-35-20-26-36 6-9 12-16 12-25z",
			"M40 46c8 5 18 5 26 0 8 12 10 26 0 36-8 6-18 6-26 0-10-10-8-25 0-36z",
			"M39 30c0-9 6-15 14-15s14 6 14 15c0 9 4 15 9 22-4 6-7 5-9 2-2 6-6 7-8 2-3 6-8 6-11 0-3 5-7 4-9-1-3 4-6 3-9-2 5-7 9-13 9-23z"),
		either(
			limb{fine(dark, "M28 54c-8 11-8 24 1 31 6-6 8-18 6-29-2-2-5-3-7-2zM78 54c8 11 8 24-1 31-6-6-8-18-6-29 2-2 5-3 7-2z")},
			limb{fine(dark, "M29 52c-12 10-14 26-3 35 2-4 3-6 3-9 4 0 7-5 8-14 0-6-3-12-8-12zM77 52c12 10 14 26 3 35-2-4-3-6-3-9-4 0-7-5-8-14 0-6 3-12 8-12z")},
		),
		either(
			limb{},
			limb{fine(wattle, "M42 28c0-6 8-8 11-2 3-6 11-4 11 2 0 5-5 8-11 8s-11-3-11-8z")},
		),
		either(
			limb{fill(wattle, "M48 37c-6 1-8 9-6 14s9 4 10-1c1-6 0-11-4-13zM58 37c6 1 8 9 6 14s-9 4-10-1c-1-6 0-11 4-13z")},
			limb{fill(wattle, "M50 37c-6 3-8 11-5 15s7 2 8-3c1 5 5 7 8 3s1-12-5-15z")},
		),
		either(
			limb{fill(beak, "M46.5 31c2-4 11-4 13 0-1 4-4 8-6.5 10.5-2.5-2.5-5.5-6.5-6.5-10.5z"), fineLine(black, 1, "M48 33.5c3 1.5 7 1.5 10 0")},
			limb{fill(beak, "M47 31c3-4 11-3 13 1 1 4 1 8-1 11-5-2-10-6-12-12z")},
			limb{fill(beak, "M59 31c-3-4-11-3-13 1-1 4-1 8 1 11 5-2 10-6 12-12z")},
		),
		eyes(3.2, point{45.5, 26.5}, point{60.5, 26.5}),
	}}
	d.head = joint{at: point{53, 28}, reach: 22, pivot: point{53, 48}, turn: 9, grow: .1}
	d.tail = joint{at: point{24, 34}, reach: 18, pivot: point{40, 58}, turn: 8, grow: .1}
	d.crown = [2]point{{32, 0}, {74, 54}}
	return d
}

// stride is the coat of a hen that runs: low and long.
func stride() choice {
	return coats("M14 56c10 4 24 1 36-3 12-3 18-10 22-20 3-8 9-12 16-11 8 1 12 8 10 15-2 7-6 11-8 19-3 15-13 29-34 31-22 2-42-8-46-22-1-4 1-8 4-9z",
		"M84 50c1 16-12 30-30 33 21 1 33-12 36-27 1-4 2-7 4-10-3 3-6 4-10 4z",
		"M66 44c3-3 5-7 6-11 3-8 9-12 16-11 8 1 12 8 10 15-2 7-6 11-8 18-4 3-7 2-8-1-3 4-6 4-8 0-4 3-7 1-8-2-3-2-2-5 0-8z")
}

func runningLegs() choice {
	return either(
		limb{line(leg, 3.2, "M40 82l-9 7-8-2M31 89l-4 6M62 82l10 6 0 8M72 96l8 1M72 96l-6 2")},
		limb{line(leg, 3.2, "M44 83l2 12M46 95l8 2M46 95l-6 2M62 82l11 5 7-3M73 87l6 4")},
		limb{line(leg, 3.2, "M42 84l-4 11M38 95l8 2M38 95l-6 2M60 84l3 11M63 95l8 2M63 95l-5 2")},
	)
}

func flappingHen() drawing {
	d := hen("flapping", hensHead{at: point{85, 34}, degrees: 6, size: .92}, tailAt(point{24, 66}, -22, .95), runningLegs(), stride(), either(
		limb{fill(dark, "M36 66C20 52 15 30 22 4c6 3 9 8 10 13 1-8 5-14 10-18 4 6 5 12 4 18 4-5 8-8 13-9 6 20 8 40 1 54-7 8-16 8-24 4z"), fineLine(light, 1.7, "M36 56c-6-10-8-22-7-34M44 56c-3-10-3-22-2-34M52 54c2-8 3-18 2-28")},
		limb{fill(dark, "M60 66C46 70 34 64 28 56 18 42 14 26 16 8c5 2 9 6 11 11 0-6 2-11 5-15 6 5 9 12 10 19 2-5 5-8 9-10 9 16 16 36 9 53z"), fineLine(body, 1.7, "M34 56C26 46 22 34 21 20M44 56c-6-10-9-22-9-36M53 54c-1-10-3-20-5-29")},
	))
	d.tail = joint{at: point{6, 42}, reach: 18, pivot: point{24, 60}, turn: 10, grow: .12}
	return d
}

func runningHen() drawing {
	d := hen("running", hensHead{at: point{85, 34}, degrees: 4, size: .98}, tailAt(point{28, 66}, -6, 1), runningLegs(), stride(), wingAt(point{48, 68}, -4, 1))
	d.tail = joint{at: point{14, 36}, reach: 22, pivot: point{28, 58}, turn: 12, grow: .12}
	return d
}

// bantam is a round hen with feathered feet.
func bantam() drawing {
	return hen("bantam", hensHead{at: point{75, 27}, size: .92}, tailAt(point{32, 62}, -14, .86),
		either(
			limb{fill(dark, "M36 80c-8 3-16 8-18 15 5 3 9 0 12 2 4 2 8-1 12 1 5 1 9-1 10-4 1-6 0-11-4-14zM56 80c-3 4-5 10-3 15 4 4 9 1 12 3 5 1 9-2 12-1 4 0 7 0 8-3-2-6-9-11-15-14z"), line(leg, 2.6, "M52 97h5M84 97h4")},
			limb{fill(body, "M36 80c-7 3-12 9-13 15 5 4 8 1 11 3s8 0 11-1c4-4 6-12 4-17zM58 80c-3 4-4 11-2 15 4 4 9 1 12 3 4 1 8-1 10-3 0-7-6-12-11-15z"), line(leg, 2.6, "M46 97h7M77 97h7")},
		),
		coats("M26 50c10 1 22-3 29-9 6-5 6-10 8-16 2-7 8-11 14-10 8 1 11 7 10 15-1 5 2 9 5 14 9 22-6 45-36 46-27 1-46-15-44-36 1-7 4-12 8-14 1 4 2 8 6 10z",
			"M82 46c5 18-4 32-22 39 22-2 34-16 34-31 0-5-1-8-4-12-2 3-4 4-8 4z",
			"M58 38c3-4 4-8 5-13 2-7 8-11 14-10 8 1 11 7 10 15-1 5 2 9 5 14-4 6-7 6-10 2-2 6-6 6-8 2-3 5-7 4-9 0-4 3-8 1-10-3 2-2 3-4 3-7z"),
		wingAt(point{50, 66}, 0, 1.1))
}

// leghorn is a slim hen on high legs with a tall comb and a high tail.
func leghorn() drawing {
	h := hensHead{at: point{74, 21}, size: .9}
	d := hen("leghorn", h, tailAt(point{30, 58}, 6, 1.02),
		either(
			limb{line(leg, 3, "M46 74l-2 21M44 95l8 2M44 95l-5 2M62 73l2 22M64 95l8 2M64 95l-5 2")},
			limb{line(leg, 3, "M46 74l-6 8 2 13M42 95l8 2M42 95l-6 2M60 73l6 9 2 12M68 94l8 2M68 94l-5 2")},
			limb{line(leg, 3, "M48 74v21M48 95l8 2M48 95l-5 2M60 73l7 8-8 7M59 88l8 2M59 88l-2 6")},
		),
		coats("M26 50c12 4 24 0 29-10 5-9 5-16 7-22 2-7 7-10 13-9 7 1 11 6 10 13-1 8 0 15 2 22 4 19-10 34-32 35-20 1-35-10-35-23 0-3 2-5 6-6z",
			"M78 42c4 13-2 26-16 32 14-1 24-12 25-24 0-4-1-7-2-12-2 3-4 4-7 4z",
			"M58 34c2-6 3-11 4-16 2-7 7-10 13-9 7 1 11 6 10 13-1 8 0 15 2 22-4 3-6 4-8 1-2 4-5 5-7 1-3 3-6 2-8-1-3 1-6-1-9-4z"),
		wingAt(point{50, 60}, 0, .92),
		either(limb{}, limb{}, limb{fill(comb, "M2-11C0-17-8-20-15-17-22-13-22-4-17 0-14 2-11 0-12-3-9 0-6-1-6-5-3-3 0-6 2-11z").moved(put(h.at, 0, 1))}))
	d.tail = joint{at: point{16, 24}, reach: 24, pivot: point{34, 52}, turn: 12, grow: .12}
	return d
}

// lookingBackHen stands with her breast to the left and looks over her back.
func lookingBackHen() drawing {
	tail := choice{of: hensTails}.moved(mirrored(point{67, 62}, 0, .86), mirrored(point{68, 62}, 12, .8), mirrored(point{67, 62}, 6, .94))
	d := hen("looking back", hensHead{at: point{31, 25}, size: .96}, tail,
		either(
			limb{line(leg, 3.2, "M40 85v10.5M40 95.5l-8 1.8M40 95.5l5 2M60 84v11M60 95l-8 2M60 95l5 2")},
			limb{line(leg, 3.2, "M42 84l-5 11M37 95l-8 2M37 95l5 2M60 83l6 12M66 95l-8 2M66 95l5 2")},
		),
		coats("M72 54c-10 3-22-1-27-10-3-6-3-10-3-16 0-8-5-14-12-14-8 0-12 6-12 13 0 7 2 11-1 18-8 22 5 44 33 45 23 1 40-12 40-29 0-6-3-10-6-12-3 3-7 4-12 5z",
			"M16 46c-4 16 6 32 24 38-17-2-28-14-28-28 0-4 2-9 4-14 0 2 0 3 0 4z",
			"M42 32c0-11-5-18-12-18-8 0-12 6-12 13 0 7 2 11-1 18 2 5 5 6 8 2 2 6 6 6 8 1 3 4 7 3 9-2 2 0 4-1 4-4-2-3-4-6-4-10z"),
		choice{of: hensWings}.moved(mirrored(point{56, 68}, 0, 1), mirrored(point{55, 69}, 8, 1.06)))
	d.head.pivot = point{34, 46}
	d.tail = joint{at: point{86, 30}, reach: 22, pivot: point{68, 58}, turn: 10, grow: .12}
	return d
}
