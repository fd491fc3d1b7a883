package scratch

// The beasts, drawn to be told from birds at a glance.

func pigDrawing() drawing {
	return drawing{
		limbs: [][]limb{
			either(
				limb{line(body, 3.2, "M12 52c-8 2-12-5-7-8 5-2 7 5 2 7-3 1-6-1-7-4")},
				limb{line(body, 3.2, "M12 54c-5-1-8-5-6-9 3-4 8-1 6 3-2 3-8 2-10-3")},
			),
			only(
				fill(dark, "M33 70h10v22c0 3-10 3-10 0zM60 70h10v22c0 3-10 3-10 0z"),
				fill(body, "M18 66h11v26c0 3-11 3-11 0zM47 70h11v22c0 3-11 3-11 0z"),
				fine(black, "M18 89h11v4c0 3-11 3-11 0zM47 89h11v4c0 3-11 3-11 0zM33 89.5h10v3.5c0 2.5-10 2.5-10 0zM60 89.5h10v3.5c0 2.5-10 2.5-10 0z"),
			),
			only(
				coat(body, "M8 56c0-18 16-29 37-29 22 0 36 11 36 28 0 18-15 28-38 28S8 74 8 56z"),
				fine(light, "M12 66c8 8 20 11 34 10 13-1 24-6 31-14-3 14-16 21-34 21-15 0-26-6-31-17z"),
			),
			only(fill(dark, "M84 33c1-8 4-13 9-15 4 4 4 13 0 19-3 1-6-1-9-4z")),
			only(fill(body, "O75 46 19 18")),
			either(
				limb{fill(dark, "M60 38c-3-9-2-16 1-21 8 2 14 8 16 16-5 6-11 8-17 5z")},
				limb{fill(dark, "M60 30c4-6 11-8 18-4-1 8-4 14-9 19-6-2-9-8-9-15z")},
			),
			only(
				fill(blush, "O91 50 7 9"),
				fine(dark, "O89.5 50 1.5 2.6O94.3 50 1.4 2.6"),
				fineLine(dark, 1.8, "M82 59c-3 2-7 2-10-1"),
				fine(white, "O81 40.5 2.9 2.9"), fine(black, "O81.7 40.7 2.1 2.1"),
			),
		},
		head:    joint{at: point{78, 44}, reach: 22, pivot: point{62, 50}, turn: 9, grow: .09},
		tail:    joint{at: point{4, 48}, reach: 10, pivot: point{12, 54}, turn: 20, grow: .2},
		crown:   [2]point{{66, 30}, {100, 64}},
		palette: pigPalette,
	}
}

func catDrawing() drawing {
	return drawing{
		limbs: [][]limb{
			either(
				limb{line(body, 8.5, "M70 88c14 3 22-8 18-19-2-6-7-7-10-4"), fineLine(dark, 3.4, "M84.8 77.5l6 3M84.5 68.5l6-1.5")},
				limb{line(body, 8.5, "M70 88c13 0 18-10 15-20-2-7 0-13 6-15"), fineLine(dark, 3.4, "M81 75l7.5 0M81 67l7-2")},
			),
			only(
				coat(body, "M30 94c-5-2-4-10-3-16 2-14 8-26 16-32h16c9 6 15 18 16 32 1 6 2 14-3 16z"),
				fine(light, "M42 48h18c3 9 1 19-9 21-10-2-12-12-9-21z"),
				fine(body, "M38 66c-2 10-2 20 0 28h12V72zM64 66c2 10 2 20 0 28H52V72z"),
				fine(light, "M37 94c-1-6 12-7 13 0zM52 94c1-7 14-6 13 0z"),
				fineLine(dark, 1.2, "M51 74v19"),
			),
			either(
				limb{},
				limb{fineLine(dark, 3, "M31 74l5-1M30 81l5-.5M71 74l-5-1M72 81l-5-.5")},
			),
			only(
				fill(body, "M24 30L25 8c1-2 3-2 4-1l11 9c7-2 15-2 22 0L73 7c1-1 3-1 4 1l1 22c4 14-9 24-27 24S20 44 24 30z"),
				fine(blush, "M28.5 22l.7-10 8 6.5zM73.5 22l-.7-10-8 6.5z"),
			),
			either(
				limb{},
				limb{fine(dark, "M48 15h6l-1 9h-4zM40 17l4-1 1 6zM62 17l-4-1-1 6z")},
				limb{fine(dark, "M51 15c8-1 12 1 22-7l4 1 1 21c1 4 0 8-2 11-9-2-24-10-25-26z")},
			),
			only(
				fine(light, "M51 38c8 0 14 4 14 9-3 5-8 7-14 7s-11-2-14-7c0-5 6-9 14-9z"),
				fine(blush, "M47 39.5h8L51 44z"),
				fineLine(black, 1.5, "M51 43.5v3M51 46.5c-1.5 2.5-5 2.5-6 0M51 46.5c1.5 2.5 5 2.5 6 0"),
				fine(black, "O39 33 3.1 4O63 33 3.1 4"),
				fine(white, "O40 31.6 1.1 1.1O64 31.6 1.1 1.1"),
				fineLine(dark, 1.1, "M34 43l-14-2M34 46l-13 3M68 43l14-2M68 46l13 3"),
			),
		},
		head:    joint{at: point{51, 30}, reach: 26, pivot: point{51, 50}, turn: 10, grow: .08},
		tail:    joint{at: point{88, 70}, reach: 14, pivot: point{74, 86}, turn: 12, grow: .12},
		crown:   [2]point{{26, 8}, {77, 54}},
		palette: catPalette,
	}
}

func rabbitDrawing() drawing {
	return drawing{
		limbs: [][]limb{
			only(fill(light, "O14 74 9.5 9.5")),
			either(
				limb{fill(dark, "M66 40C56 30 50 16 53 5c1-3 4-3 6-1 8 8 14 20 15 33z")},
				limb{fill(dark, "M66 40C52 34 42 23 40 12c0-3 3-4 6-3 11 5 20 15 26 27z")},
			),
			only(coat(body, "M14 80C10 58 28 44 48 49c7 2 12 0 15-6 5-9 15-12 23-7 8 4 12 13 9 19-3 7-10 9-17 10 4 7 5 15 3 22 4 1 6 3 6 6H28C20 93 15 88 14 80z")),
			only(
				fill(body, "M72 39C65 27 65 13 70 3c2-3 5-2 6 0 5 10 7 23 4 35z"),
				fine(blush, "M73.5 33c-4-9-3-18-.5-25 4 8 5 17 3.5 25z"),
				fine(dark, "M24 93c-4-12 2-26 16-27 14 0 20 14 13 23h9c3 0 4 2 4 4z"),
				fine(light, "M78 65c4 7 5 15 3 22l-6 1c-6-6-9-14-8-22 4 1 8 0 11-1z"),
				fine(light, "M95 50c0 8-8 14-17 15-3 0-6-1-8-3 9 0 18-4 25-12z"),
				fine(black, "O83 45 3.1 3.1"), fine(white, "O84 43.9 1.1 1.1"),
				fine(blush, "M92 45.5c3.5 0 4.5 2.5 4 5-2.5 0-4-2-4-5z"),
			),
		},
		head:    joint{at: point{78, 42}, reach: 22, pivot: point{66, 54}, turn: 9, grow: .09},
		tail:    joint{at: point{66, 14}, reach: 22, pivot: point{72, 38}, turn: 12, grow: .1},
		crown:   [2]point{{52, 2}, {97, 62}},
		palette: rabbitPalette,
	}
}

func sheepDrawing() drawing {
	return drawing{
		limbs: [][]limb{
			only(fill(face, "M26 70h7.5v22c0 3-7.5 3-7.5 0zM38 72h7.5v21c0 3-7.5 3-7.5 0zM56 72h7.5v21c0 3-7.5 3-7.5 0zM67 70h7.5v22c0 3-7.5 3-7.5 0z")),
			either(
				limb{fill(body, "O9 56 7 6")},
				limb{fill(body, "O10 64 6 9")},
			),
			only(
				coat(body, "M12 52c-6-6-2-16 6-16 0-9 11-13 17-8 4-8 17-8 21 0 8-4 17 1 17 9 8 0 12 9 8 15 6 6 3 15-5 17 0 8-10 12-16 8-5 6-15 6-20 1-7 4-16 1-17-6-10 1-16-11-11-20z"),
				fine(dark, "M12 60c5 6 12 6 16 3 3 7 13 9 19 4 5 6 16 5 19-3 6 3 13 1 16-6 2 6-1 12-7 14 0 8-10 12-16 8-5 6-15 6-20 1-7 4-16 1-17-6-8 1-12-7-10-15z"),
			),
			only(
				fill(face, "M70 34c7-5 17-3 21 4 4 6 7 13 5 18-3 6-12 7-18 3-7-4-12-19-8-25z"),
			),
			either(
				limb{fill(face, "M73 40c-8-2-15 1-17 7 6 5 14 4 18-1z")},
				limb{fill(face, "M74 39c-6 2-11 8-10 15 7 0 12-5 13-12z"), fineLine(body, 1, "M74 42c-4 2-7 6-7 10")},
			),
			only(
				fill(body, "M66 36c-2-7 5-12 10-9 4-5 12-3 13 3 4 2 4 7 0 9-7-4-15-5-23-3z"),
				fine(white, "O86 43.5 3.2 3.2"), fine(black, "O86.8 43.8 1.9 1.9"),
				fineLine(blush, 1.4, "M90 54.5c2 .8 4 .5 5-.6"),
			),
		},
		head:    joint{at: point{84, 44}, reach: 20, pivot: point{70, 48}, turn: 12, grow: .09},
		tail:    joint{at: point{8, 58}, reach: 10, pivot: point{16, 56}, turn: 15, grow: .2},
		crown:   [2]point{{64, 24}, {98, 62}},
		palette: sheepPalette,
	}
}
