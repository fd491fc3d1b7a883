package scratch

// Pigs and sheep, plainly no birds.

func pigs() []drawing { return []drawing{standingPig(), frontPig(), sleepingPig()} }

func standingPig() drawing {
	return drawing{
		stance: "standing",
		limbs: []choice{
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
			),
			eyes(3, point{81, 40.5}),
		},
		head:  joint{at: point{78, 44}, reach: 22, pivot: point{62, 50}, turn: 9, grow: .09},
		tail:  joint{at: point{4, 48}, reach: 10, pivot: point{12, 54}, turn: 20, grow: .2},
		crown: [2]point{{66, 30}, {100, 64}},
	}
}

// frontPig sits and looks at you.
func frontPig() drawing {
	return drawing{
		stance: "facing you",
		limbs: []choice{
			only(fill(dark, "M26 78c-6 4-8 12-4 16 6 3 14 2 18-2zM76 78c6 4 8 12 4 16-6 3-14 2-18-2z")),
			only(
				coat(body, "M51 30C74 30 86 48 86 66 86 84 72 94 51 94S16 84 16 66C16 48 28 30 51 30z"),
				fine(light, "M51 62c14 0 22 8 22 16 0 10-10 14-22 14s-22-4-22-14c0-8 8-16 22-16z"),
			),
			either(
				limb{fill(dark, "M28 30c-8-2-12-10-12-18 10 0 18 4 22 12zM74 30c8-2 12-10 12-18-10 0-18 4-22 12z")},
				limb{fill(dark, "M30 24c-10-2-18 2-22 10 6 6 14 6 20 2zM72 24c10-2 18 2 22 10-6 6-14 6-20 2z")},
			),
			only(
				fill(body, "M51 12c18 0 28 10 28 24S68 62 51 62 23 50 23 36s10-24 28-24z"),
				fine(blush, "O51 45 13 9.5"),
				fine(dark, "O46 45 2.2 3.4O56 45 2.2 3.4"),
			),
			either(limb{}, limb{fine(blush, "O31 46 4.5 3O71 46 4.5 3")}, limb{fineLine(dark, 1.8, "M45 57.5c3 2.5 9 2.5 12 0")}),
			only(fill(dark, "M38 84c6 0 9 4 8 10-5 2-11 2-13 0-2-5 1-10 5-10zM64 84c-6 0-9 4-8 10 5 2 11 2 13 0 2-5-1-10-5-10z")),
			eyes(3.3, point{38, 31}, point{64, 31}),
		},
		head:  joint{at: point{51, 36}, reach: 28, pivot: point{51, 58}, turn: 10, grow: .08},
		tail:  joint{at: point{51, 92}, reach: 16, pivot: point{51, 76}, turn: 6, grow: .1},
		crown: [2]point{{26, 14}, {76, 62}},
	}
}

func sleepingPig() drawing {
	return drawing{
		stance: "lying",
		limbs: []choice{
			only(line(body, 3.2, "M10 70c-8 2-12-5-7-8 5-2 7 5 2 7-3 1-6-1-7-4")),
			only(fill(dark, "M24 86h18c4 0 6 8 0 8H24c-6 0-6-8 0-8zM58 86h18c5 0 7 8 0 8H58z")),
			only(
				coat(body, "M6 70c0-20 18-30 40-30 24 0 44 12 46 30 1 16-14 22-44 22S6 86 6 70z"),
				fine(light, "M10 80c14 6 30 6 44 2 4 4 4 7 2 10-24 1-40-2-46-12z"),
			),
			only(fill(body, "O76 64 20 19")),
			either(
				limb{fill(dark, "M58 56c-3-9-2-16 1-21 8 2 14 8 16 16-5 6-11 8-17 5z")},
				limb{fill(dark, "M60 48c4-6 11-8 18-4-1 8-4 14-9 19-6-2-9-8-9-15z")},
			),
			only(
				fill(blush, "O93 68 7 9"),
				fine(dark, "O91.5 68 1.5 2.6O96.3 68 1.4 2.6"),
				fineLine(dark, 1.8, "M84 77c-3 2-7 2-10-1"),
			),
			either(limb{fineLine(black, 1.8, "M79 59c1 3 6 3 8 0")}, limb{fine(white, "O83 58.5 3 3"), fine(black, "O83.7 58.7 2.1 2.1")}),
		},
		head:  joint{at: point{78, 62}, reach: 22, pivot: point{60, 70}, turn: 8, grow: .09},
		tail:  joint{at: point{2, 66}, reach: 10, pivot: point{12, 70}, turn: 20, grow: .2},
		crown: [2]point{{62, 46}, {102, 82}},
	}
}

func sheep() []drawing { return []drawing{standingSheep(), lyingSheep(), grazingSheep()} }

func standingSheep() drawing {
	return drawing{
		stance: "standing",
		limbs: []choice{
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
				fineLine(blush, 1.4, "M90 54.5c2 .8 4 .5 5-.6"),
			),
			eyes(3.2, point{86, 43.5}),
		},
		head:  joint{at: point{84, 44}, reach: 20, pivot: point{70, 48}, turn: 12, grow: .09},
		tail:  joint{at: point{8, 58}, reach: 10, pivot: point{16, 56}, turn: 15, grow: .2},
		crown: [2]point{{64, 24}, {98, 62}},
	}
}

const fleece = "M12 52c-6-6-2-16 6-16 0-9 11-13 17-8 4-8 17-8 21 0 8-4 17 1 17 9 8 0 12 9 8 15 6 6 3 15-5 17 0 8-10 12-16 8-5 6-15 6-20 1-7 4-16 1-17-6-10 1-16-11-11-20z"

func lyingSheep() drawing {
	low := put(point{0, 18}, 0, 1)
	return drawing{
		stance: "lying",
		limbs: []choice{
			only(fill(face, "M22 86h16c4 0 5 9 0 9H22c-5 0-5-9 0-9zM56 86h22c5 0 6 9 0 9H56z")),
			only(coat(body, fleece).moved(low)),
			either(limb{}, limb{fineLine(dark, 1.8, "M24 62c2 5 8 6 11 2M42 56c2 5 9 6 12 1M30 78c2 5 9 6 12 1M52 74c2 5 9 5 11 1")}),
			only(
				fill(face, "M54 48c2-12 10-18 19-18s17 6 19 18c1 12-7 22-19 22S53 60 54 48z"),
				fine(light, "M62 58c4-3 18-3 22 0 0 7-4 11-11 11s-11-4-11-11z"),
				fineLine(dark, 1.5, "M70 60l3 2.5 3-2.5M73 62.5v3"),
			),
			either(
				limb{fill(face, "M56 42c-8-4-15-2-17 4 5 6 13 6 18 1zM90 42c8-4 15-2 17 4-5 6-13 6-18 1z")},
				limb{fill(face, "M56 42c-8 0-14 6-14 13 7 2 13-1 16-7zM90 42c8 0 14 6 14 13-7 2-13-1-16-7z")},
			),
			only(fill(body, "M54 44c-5-5-2-13 5-13 1-7 11-9 15-4 5-4 13-1 14 5 6 1 8 8 4 12-6-3-11-5-17-4-7-1-14 0-21 4z")),
			eyes(3.2, point{65, 49}, point{81, 49}),
		},
		head:  joint{at: point{73, 46}, reach: 22, pivot: point{70, 66}, turn: 10, grow: .09},
		tail:  joint{at: point{8, 72}, reach: 10, pivot: point{16, 70}, turn: 15, grow: .2},
		crown: [2]point{{54, 28}, {92, 70}},
	}
}

func grazingSheep() drawing {
	d := standingSheep()
	d.stance = "grazing"
	nod := func(c choice) choice {
		return c.moved(func(p point) point { return put(point{72, 52}, 48, 1)(point{p.x - 74, p.y - 40}) })
	}
	last := d.limbs[len(d.limbs)-4:]
	d.limbs = append([]choice{}, d.limbs[:len(d.limbs)-4]...)
	for _, c := range last {
		d.limbs = append(d.limbs, nod(c))
	}
	d.head = joint{at: point{80, 66}, reach: 20, pivot: point{70, 52}, turn: 10, grow: .09}
	d.crown = [2]point{{60, 44}, {92, 88}}
	return d
}
