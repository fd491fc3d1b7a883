package scratch

// Cats and rabbits, plainly no birds.

func cats() []drawing { return []drawing{sittingCat(), lyingCat(), walkingCat()} }

func sittingCat() drawing {
	return drawing{
		stance: "sitting",
		limbs: []choice{
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
				fineLine(dark, 1.1, "M34 43l-14-2M34 46l-13 3M68 43l14-2M68 46l13 3"),
			),
			eyes(4, point{39, 33}, point{63, 33}),
		},
		head:  joint{at: point{51, 30}, reach: 26, pivot: point{51, 50}, turn: 10, grow: .08},
		tail:  joint{at: point{88, 70}, reach: 14, pivot: point{74, 86}, turn: 12, grow: .12},
		crown: [2]point{{26, 8}, {77, 54}},
	}
}

// catsFace is the head of a cat that looks at you, its middle at 51, 31.
func catsFace(at point, degrees, size float64) []choice {
	f := func(p point) point { return put(at, degrees, size)(point{p.x - 51, p.y - 31}) }
	whole := sittingCat().limbs
	var out []choice
	for _, c := range whole[len(whole)-4:] {
		out = append(out, c.moved(f))
	}
	return out
}

func lyingCat() drawing {
	d := drawing{
		stance: "lying",
		limbs: []choice{
			either(
				limb{line(body, 8, "M14 80C2 82-2 70 4 62"), fineLine(dark, 3.2, "M-1 72l7 1M1 66l6 3")},
				limb{line(body, 8, "M16 88c-10 6 4 8 18 6")},
			),
			only(
				coat(body, "M10 76c0-16 16-24 36-26 20-1 42 6 44 26 1 12-6 18-16 18H24C14 94 9 86 10 76z"),
				fine(light, "M58 94c-4-6 4-10 12-8 6-2 16 0 16 4 0 3-4 4-10 4z"),
			),
			either(limb{}, limb{fineLine(dark, 3, "M24 62l3 9M34 57l3 10M44 55l2 9")}, limb{fine(dark, "M14 70c6-14 24-20 36-14-2 12-18 24-32 24z")}),
		},
		head:  joint{at: point{70, 48}, reach: 26, pivot: point{68, 70}, turn: 9, grow: .07},
		tail:  joint{at: point{2, 70}, reach: 14, pivot: point{14, 80}, turn: 10, grow: .12},
		crown: [2]point{{46, 25}, {95, 70}},
	}
	d.limbs = append(d.limbs, catsFace(point{70, 48}, 0, .94)...)
	return d
}

func walkingCat() drawing {
	d := drawing{
		stance: "walking",
		limbs: []choice{
			either(
				limb{line(body, 7, "M16 54C6 48 4 34 10 20"), fineLine(dark, 3, "M4 38l7 0M5 30l7 1")},
				limb{line(body, 7, "M16 56C4 52-4 40-2 28c0-6 6-8 8-4")},
			),
			either(
				limb{fill(dark, "M22 64l9 2-4 28c-1 3-10 2-9-1zM58 66l10-1 2 28c0 3-9 3-10 0z")},
				limb{fill(dark, "M24 64l9 2-10 26c-2 3-9 1-8-2zM60 66l9-2 9 27c1 3-8 4-9 1z")},
			),
			only(
				coat(body, "M12 56c4-10 18-11 34-10 14 0 26-4 32 6 2 6 2 12 0 18l1 24c0 3-10 3-11 0l-3-18c-10 3-22 3-31 0l-3 18c-1 3-11 3-11 0l2-22c-6-3-10-9-10-16z"),
			),
			either(limb{}, limb{fineLine(dark, 3, "M26 48l2 9M36 47l1 10M46 47l1 9")}, limb{fine(light, "M34 74c10 3 20 2 30 0l-4 5c-8 1-16 0-22-1z")}),
		},
		head:  joint{at: point{76, 40}, reach: 24, pivot: point{70, 60}, turn: 9, grow: .07},
		tail:  joint{at: point{4, 34}, reach: 18, pivot: point{14, 54}, turn: 14, grow: .12},
		crown: [2]point{{54, 19}, {99, 59}},
	}
	d.limbs = append(d.limbs, catsFace(point{76, 40}, 0, .86)...)
	return d
}

func rabbits() []drawing { return []drawing{sittingRabbit(), uprightRabbit(), loafRabbit()} }

func sittingRabbit() drawing {
	return drawing{
		stance: "sitting",
		limbs: []choice{
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
				fine(blush, "M92 45.5c3.5 0 4.5 2.5 4 5-2.5 0-4-2-4-5z"),
			),
			eyes(3.3, point{83, 45}),
		},
		head:  joint{at: point{78, 42}, reach: 22, pivot: point{66, 54}, turn: 9, grow: .09},
		tail:  joint{at: point{66, 14}, reach: 22, pivot: point{72, 38}, turn: 12, grow: .1},
		crown: [2]point{{52, 2}, {97, 62}},
	}
}

// uprightRabbit stands on its hind legs and looks at you.
func uprightRabbit() drawing {
	return drawing{
		stance: "upright",
		limbs: []choice{
			only(fill(light, "O84 82 8 8")),
			either(
				limb{fill(body, "M42 28C32 22 28 8 33-2c10 3 15 16 15 28zM60 28c10-6 14-20 9-30-10 3-15 16-15 28z"), fine(blush, "M42 22c-6-5-8-12-6-18 5 4 8 11 8 18zM60 22c6-5 8-12 6-18-5 4-8 11-8 18z")},
				limb{fill(body, "M42 28C32 22 28 8 33-2c10 3 15 16 15 28zM58 24c2-12 12-20 26-20 0 12-8 20-20 24z"), fine(blush, "M42 22c-6-5-8-12-6-18 5 4 8 11 8 18z")},
				limb{fill(dark, "M40 24C28 24 18 36 18 54c10 0 20-12 26-24zM62 24c12 0 22 12 22 30-10 0-20-12-26-24z")},
			),
			only(
				coat(body, "M51 46c19 0 31 14 33 30 1 13-8 20-33 20S17 89 18 76c2-16 14-30 33-30z"),
				fine(light, "M51 56c10 0 15 10 15 20s-6 16-15 16-15-6-15-16 5-20 15-20z"),
				fill(body, "M22 96c-2-8 6-12 14-11 8 0 12 6 11 11zM80 96c2-8-6-12-14-11-8 0-12 6-11 11z"),
				fill(body, "O41 66 5 8.5O61 66 5 8.5"),
			),
			only(
				fill(body, "M51 18c16 0 25 8 25 18.5S66 55 51 55 26 47 26 36.5s9-18.5 25-18.5z"),
				fine(light, "M51 40c7 0 11 3 11 7-3 4-7 6-11 6s-8-2-11-6c0-4 4-7 11-7z"),
				fine(blush, "M48 40h6l-3 3.5z"),
				fineLine(black, 1.4, "M51 43v3M51 46c-1.5 2-4 2-5 .5M51 46c1.5 2 4 2 5 .5"),
			),
			eyes(3.6, point{41, 34}, point{61, 34}),
		},
		head:  joint{at: point{51, 34}, reach: 24, pivot: point{51, 52}, turn: 9, grow: .08},
		tail:  joint{at: point{51, 4}, reach: 18, pivot: point{51, 26}, turn: 12, grow: .08},
		crown: [2]point{{30, 14}, {72, 54}},
	}
}

func loafRabbit() drawing {
	return drawing{
		stance: "lying",
		limbs: []choice{
			only(fill(light, "O8 80 8.5 8.5")),
			either(
				limb{fill(dark, "M70 54C56 50 44 40 42 28c12-1 26 8 34 20z"), fill(body, "M72 54C62 44 58 32 62 20c10 6 18 18 18 32z"), fine(blush, "M72 46c-6-6-9-13-8-19 6 5 10 12 10 19z")},
				limb{fill(body, "M74 52C60 40 44 40 34 50c10 9 26 12 40 10z"), fine(blush, "M66 52c-8-5-18-6-25-2 8 4 17 5 25 2z")},
			),
			only(
				coat(body, "M8 80c0-18 18-30 38-28 8 1 14 3 18 0 6-6 16-8 24-3 8 4 12 12 10 20-2 8-9 11-16 13 2 4 4 8 3 12H24C14 94 8 90 8 80z"),
				fine(dark, "M20 94c-3-12 4-22 16-23 12 0 18 12 12 20h9c3 0 4 1 4 3z"),
				fine(light, "M98 66c0 8-8 14-16 16-3 0-6-1-8-3 9-1 18-4 24-13z"),
				fine(blush, "M93 61.5c3.5 0 4.5 2.5 4 5-2.5 0-4-2-4-5z"),
			),
			eyes(3.3, point{84, 61}),
		},
		head:  joint{at: point{82, 60}, reach: 20, pivot: point{68, 70}, turn: 9, grow: .09},
		tail:  joint{at: point{56, 34}, reach: 20, pivot: point{70, 52}, turn: 12, grow: .1},
		crown: [2]point{{62, 46}, {100, 82}},
	}
}
