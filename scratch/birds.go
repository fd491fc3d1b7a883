package scratch

// The birds, all facing right in a space of 100 x 100, feet at the bottom.
// What tells them apart is shape: only the hen has comb and wattle together
// with a pointed beak and an upright tail.

func chickenDrawing() drawing {
	return drawing{
		limbs: [][]limb{
			either(
				limb{line(leg, 3.2, "M45 84v11.5M45 95.5l8 1.8M45 95.5l-5 2M65 82v12.5M65 94.5l8 2.3M65 94.5l-5 2.5")},
				limb{line(leg, 3.2, "M48 82l-5 12M43 94l8 3M43 94l-6 1.6M62 82l7 11.5M69 93.5l7.5 1.5M69 93.5l-4 3.5")},
				limb{line(leg, 3.2, "M46 84v11.5M46 95.5l8 1.8M46 95.5l-5 2M64 82l5 5-6 6M63 93l7 1M63 93l-3 4")},
			),
			either(
				limb{fill(dark, "M34 64C17 61 5 47 3 29c6 1 11 4 14 8-2-9-1-17 3-24 7 5 11 12 13 20 2-6 5-10 10-13 5 12 6 25 2 36z")},
				limb{fill(dark, "M36 66C18 65 4 55 0 40c5 0 9 1 13 3-4-7-5-15-3-23 6 3 10 8 13 14 0-8 3-15 8-21 6 9 9 19 9 29 2-3 4-5 6-7 2 12 1 21-2 29z")},
				limb{fill(dark, "M34 66C14 60 6 44 8 24c2-9 12-12 17-6-5 1-7 6-5 12 0-10 5-18 13-20 7-1 11 4 9 9-5-1-8 3-7 10 3-5 7-7 11-6 5 10 6 24 2 36z")},
			),
			either(
				limb{fill(comb, "M63 22c-5-6-3-13 3-11 0-8 8-11 11-4 4-6 11-3 9 4 4 0 5 5 1 9z")},
				limb{fill(comb, "M62 23c-4-4-4-10 0-11 1 1 2 2 3 4-1-6 1-11 5-12 2 2 3 4 3 7 1-5 4-8 8-8 1 3 1 6 0 9 2-3 5-4 8-2 0 5-1 8-4 11z")},
				limb{fill(comb, "M61 23c-3-5-1-10 3-10-1-5 3-9 7-7 2-5 9-5 10 1 5-2 9 3 6 8 3 1 3 4 1 6z")},
			),
			only(fill(beak, "M86 20.5c6 1 10 4 14 8-5 2.5-10 3.5-14 3z")),
			only(
				coat(body, "M31 53c12 4 23-1 28-11 3-7 2-13 4-18 2-7 8-11 15-10 8 1 12 7 11 15-1 6-1 11 1 17 5 20-8 39-32 40-22 1-40-11-40-29 0-6 3-10 6-12 1 4 4 7 7 8z"),
				fine(light, "M80 45c4 14-2 28-16 34 15-1 25-12 26-25 0-5-2-9-3-14-2 3-4 4-7 5z"),
			),
			either(
				limb{fine(dark, "M31 60c11-7 28-6 37 1-1 10-11 17-22 15 3-1 5-2 6-4-6 1-11 0-14-3 3 0 5-1 6-2-6 0-10-3-13-7z")},
				limb{fine(dark, "M28 62c6-9 18-11 29-7 9 3 13 9 12 15-4 7-13 10-23 8-10-3-16-8-18-16z"), fineLine(body, 1.8, "M36 65c5 4 11 6 18 6M38 72c4 2 8 3 12 3")},
			),
			either(
				limb{fill(wattle, "M84 31c5 0 9 7 7.5 12.5-1.5 5-8 4.5-9.5-.5-1-4-1-9 2-12z")},
				limb{fill(wattle, "M81 31c4 1 6 7 4.5 11.5-1.5 4-6.5 3.5-7.5-.5-1-4 0-9 3-11zM87 31c4 1 6.5 6 5 10.5-1.5 4-6.5 3.5-7.5-.5-1-4 0-8 2.5-10z")},
			),
			only(fine(white, "O77.5 23.5 3.6 3.6"), fine(black, "O78.3 23.7 2.3 2.3")),
		},
		head:    joint{at: point{77, 24}, reach: 24, pivot: point{66, 44}, turn: 13, grow: .1},
		tail:    joint{at: point{18, 30}, reach: 24, pivot: point{38, 56}, turn: 12, grow: .12},
		crown:   [2]point{{59, 2}, {101, 47}},
		palette: chickenPalette,
	}
}

func duckDrawing() drawing {
	return drawing{
		limbs: [][]limb{
			only(fill(leg, "M47 80h5v11l9 5H44zM62 78h5v11l9 5H59z")),
			either(
				limb{fill(dark, "M14 60C6 57 2 49 4 40c3 3 6 4 9 4-3-5-2-10 2-13 2 8 8 14 17 17l2 14z")},
				limb{fill(dark, "M12 60C4 56 0 50 0 43c4 2 7 3 10 2-2-4-1-8 1-11 4 6 11 11 20 13l2 14z")},
			),
			only(
				coat(body, "M12 51c10 4 20-2 32-1 9 1 15 4 20 3 4-2 3-8 2-12l20 3c0 4 0 6 1 10 2 17-11 30-33 30-24 0-43-12-46-28 1-2 2-4 4-5z"),
				fine(light, "M87 54c2 17-11 30-33 30-12 0-23-3-31-8 10 3 22 3 32 1 17-3 27-11 29-24z"),
				fill(trim, "M66 40l21 2c-.5 3-.5 5 0 8-7 3-15 2-22-1 1-3 1-6 1-9z"),
			),
			only(
				fill(beak, "M84 22c5 0 8 3 11 4.5c3 1.5 8 1 8 4.5c0 5-9 6-19 4.5z"),
				fineLine(black, 1.2, "M88 31c4 .6 8 .4 12-.8"),
				fill(face, "M61 27c1-10 9-15 17-13 8 1 13 8 11 16-1 5-2 9-2 13-7 3-15 2-21-2-1-5-5-8-5-14z"),
			),
			either(
				limb{fine(dark, "M26 58c12-7 29-6 40 1-4 11-18 16-31 13 4-1 6-2 8-4-6 0-11-1-14-4 3 0 5-1 6-2-4-1-7-2-9-4z")},
				limb{fine(dark, "M24 60c8-9 22-11 35-6 6 3 9 6 8 9-7 9-22 12-34 7-5-3-8-6-9-10z"), fineLine(light, 2, "M36 63c6 4 13 5 21 3")},
			),
			only(fine(white, "O78 23.5 3.2 3.2"), fine(black, "O78.7 23.7 2 2")),
		},
		head:    joint{at: point{76, 28}, reach: 26, pivot: point{74, 48}, turn: 12, grow: .1},
		tail:    joint{at: point{10, 45}, reach: 20, pivot: point{26, 58}, turn: 12, grow: .12},
		crown:   [2]point{{58, 12}, {104, 44}},
		palette: duckPalette,
	}
}

func turkeyDrawing() drawing {
	var fan, tips, bands []part
	feather := fill(trim, "M36 54l-5-36c0-13 18-13 18 0l-5 36z")
	tip := fine(light, "M31.2 19.5l-.2-1.5c0-13 18-13 18 0l-.2 1.5q-8.8-4-17.6 0z")
	band := fine(dark, "M32.3 26q7.7-4 15.4 0l-.7 4.5q-7-4-14 0z")
	for a := -100.; a <= 101; a += 25 {
		about := point{40, 52}
		fan = append(fan, turned(feather, a, about))
		tips = append(tips, turned(tip, a, about))
		bands = append(bands, turned(band, a, about))
	}
	return drawing{
		limbs: [][]limb{
			only(line(leg, 3.4, "M43 84v11M43 95l8 2M43 95l-5 2M62 84v11M62 95l8 2M62 95l-5 2")),
			only(merged(fan), merged(tips), merged(bands)),
			only(
				coat(body, "M24 62c0-15 13-25 29-24 10 1 13-4 16-13l13 4c-1 8-1 14 1 21 5 21-9 37-30 37-17 0-29-10-29-25z"),
				fine(dark, "M30 60c10-7 26-6 34 1-2 11-12 17-23 15 3-1 5-3 6-4-6 1-10-1-13-4 3 0 4-1 5-2-4-1-7-3-9-6z"),
			),
			only(
				fill(face, "M68 32c-1-9 3-18 10-18s12 6 11 12c-1 5-4 8-5 14l-1 9c-5 3-12 2-16-1 1-6 1-11 1-16z"),
				fill(wattle, "M79 34c5-1 9 2 9 8 0 8-2 15-6 15s-6-5-6-11c0-5 0-9 3-12z"),
				fill(beak, "M87 21c5 1 8 3 10 7-4 1-7 1-10 0z"),
				fill(wattle, "M84 17c4-3 10 0 10.5 6 .5 5 1 10-1.5 14-3.5 0-4.5-4-4.5-8s-1-7-4.5-12z"),
			),
			only(fine(white, "O79 22.5 3 3"), fine(black, "O79.6 22.7 1.9 1.9")),
		},
		head:    joint{at: point{80, 28}, reach: 20, pivot: point{74, 46}, turn: 9, grow: .08},
		tail:    joint{at: point{28, 30}, reach: 34, pivot: point{40, 54}, turn: 9, grow: .08},
		crown:   [2]point{{66, 12}, {99, 58}},
		palette: turkeyPalette,
	}
}

// merged is several shapes of one colour as one part, quicker to draw.
func merged(parts []part) part {
	out := parts[0]
	for _, p := range parts[1:] {
		out.shape = append(out.shape, p.shape...)
	}
	return out
}

func pigeonDrawing() drawing {
	return drawing{
		limbs: [][]limb{
			only(line(leg, 3, "M50 80v11M50 91l8 2M50 91l-5 2M67 77v13M67 90l8 2M67 90l-5 2")),
			only(fill(dark, "M1 74c10-7 20-16 28-26l16 22c-12 8-27 14-41 15z")),
			only(
				coat(body, "M24 54c8-12 18-18 28-22 5-3 6-7 8-11 3-7 10-9 16-6 6 3 8 9 7 16 6 9 8 21 4 31-6 14-22 21-40 19-12-2-24-10-23-27z"),
				fine(trim, "M57 27c3 6 15 9 26 4 4 6 6 12 6 19-10 6-25 4-37-3 5-6 6-13 5-20z"),
			),
			either(
				limb{
					fine(light, "M20 60c8-14 24-20 40-15 6 12-2 24-18 26-11 2-22 5-33 10 4-7 8-13 11-21z"),
					fineLine(dark, 4.2, "M42 68c6-4 9-10 9-17M31 70c5-4 8-9 9-16"),
				},
				limb{
					fine(light, "M18 62c7-15 24-22 41-16 7 12-1 23-17 26-11 2-24 6-36 12 5-7 9-14 12-22z"),
					fineLine(dark, 2.6, "M48 66c4-4 6-9 6-15M39 68c5-4 7-10 8-16M29 70c5-4 7-9 8-15"),
				},
			),
			only(
				fill(beak, "M82 21.5c4.5 1 8 3 10 5.5-3.5 2.5-7 2.5-10 1z"),
				fine(white, "O83 21.5 2.5 2"),
				fine(blush, "O74 22 3.2 3.2"), fine(black, "O74.4 22.1 1.8 1.8"),
			),
		},
		head:    joint{at: point{74, 22}, reach: 18, pivot: point{68, 40}, turn: 10, grow: .08},
		tail:    joint{at: point{12, 74}, reach: 22, pivot: point{36, 60}, turn: 9, grow: .12},
		crown:   [2]point{{60, 12}, {94, 34}},
		palette: pigeonPalette,
	}
}

func gooseDrawing() drawing {
	return drawing{
		limbs: [][]limb{
			only(fill(leg, "M42 82h5v10l9 4.5H39zM56 82h5v10l9 4.5H53z")),
			only(fill(dark, "M22 66C10 64 2 56-1 46c4 1 7 2 10 1-1-3-1-6 0-9 6 8 14 13 24 15z")),
			either(
				limb{fill(beak, "M86 9c6 0 11 4 15 8.5.8 3.5-2 4.5-6 4.5-4 .3-8-.5-11-2z"), fineLine(black, 1.1, "M90 17.5c3 .8 6 .8 9.5.2")},
				limb{fill(beak, "M84 6c4-2 7 0 8 3 4 1.5 7 5 9.5 8.5.8 3.5-2 4.5-6 4.5-4 .3-8-.5-11-2z"), fineLine(black, 1.1, "M90 17.5c3 .8 6 .8 9.5.2")},
			),
			only(
				coat(body, "M12 54c12 5 24-1 36 0 8 .6 13-2 15-8 3-8 3-18 4-26 .6-8 5-13 12-13 7 0 11 5 10.5 11-.4 4-3 6-5 8-2.5 3-3 8-2.5 15 .6 8 2 14 1 20-3 16-17 25-36 25-22 0-37-11-39-25 0-4 1-6 4-7z"),
				fine(light, "M83 62c-3 15-17 24-36 24-14 0-26-5-33-12 11 5 26 6 40 3 15-3 24-10 27-22z"),
			),
			either(
				limb{},
				limb{fine(face, "M63 46c3-8 3-18 4-26 .6-8 5-13 12-13 7 0 11 5 10.5 11-.4 4-3 6-5 8-2.5 3-3 8-2.5 15 0 2 0 3.5.3 5.5-6 4-14 3.5-19.3-.5z"), fine(white, "M73 25c-2-6 0-11 4-13 2 4 3 8 6 11-2 4-7 6-10 2z")},
			),
			only(
				fine(dark, "M22 60c12-8 29-7 40 0-4 12-17 18-31 15 4-1 6-3 8-5-6 0-10-1-13-4 3 0 4-1 5-2-4-1-7-2-9-4z"),
				fine(white, "O80 14.5 2.9 2.9"), fine(black, "O80.6 14.7 1.9 1.9"),
			),
		},
		head:    joint{at: point{80, 14}, reach: 22, pivot: point{72, 44}, turn: 8, grow: .08},
		tail:    joint{at: point{6, 46}, reach: 18, pivot: point{24, 60}, turn: 12, grow: .1},
		crown:   [2]point{{64, 4}, {103, 34}},
		palette: goosePalette,
	}
}

func quailDrawing() drawing {
	return drawing{
		limbs: [][]limb{
			only(line(leg, 3, "M46 84v10M46 94l7 2M46 94l-5 2M61 83v10M61 93l7 2M61 93l-5 2")),
			only(fill(dark, "M18 56C9 62 3 70 1 79c9 1 19-1 28-6z")),
			only(
				coat(body, "M11 63c7-5 13-14 23-20 10-6 20-8 27-14 3-9 9-14 17-13 8 1 13 8 12 16-.6 6 0 10 1 16 4 20-10 38-36 38-20 0-36-8-44-23z"),
				fine(light, "M91 49c3 19-11 37-36 37-8 0-16-1-22-4 12 1 25-1 34-7 11-7 15-16 16-28z"),
			),
			either(
				limb{fine(face, "M77 17c7-1 12 5 13 13 0 6-2 11-6 12-6-1-9-5-9-11 0-5 0-10 2-14z"), fineLine(trim, 2.6, "M74 17c-4 7-4 14 0 20 2 4 5 6 9 6")},
				limb{fine(face, "M66 22c5-5 12-6 18-3 2 1 4 4 5 6-8-1-15 1-23 3z"), fineLine(trim, 2.4, "M66 27c6 1 11-1 17-2")},
			),
			either(
				limb{line(dark, 2, "M73 17C69 9 71 4 77 2"), fill(dark, "M75 1c7-3 14 1 14 7 0 5-6 6-9 3-2-2-1-6-5-10z")},
				limb{line(dark, 1.8, "M72 17C68 10 69 6 74 3M75 17C73 11 75 8 79 7"), fill(dark, "M72 3c5-4 12-3 14 1 1 4-3 6-6 5-3-1-4-5-8-6z")},
			),
			only(
				fill(beak, "M89 25c4 1 7 3.5 8 7.5-4 1.5-6.5 1-9 0z"),
				fine(dark, "M25 58c12-9 28-9 39 0-2 11-15 18-28 15 4-1 6-3 7-4-6 1-11-1-14-4 3 0 5-1 6-2-5-1-8-3-10-5z"),
				fine(white, "O80.5 25.5 3 3"), fine(black, "O81 25.7 2.1 2.1"),
			),
		},
		head:    joint{at: point{79, 24}, reach: 22, pivot: point{68, 42}, turn: 10, grow: .08},
		tail:    joint{at: point{8, 72}, reach: 16, pivot: point{24, 62}, turn: 12, grow: .1},
		crown:   [2]point{{64, 0}, {99, 44}},
		palette: quailPalette,
	}
}
