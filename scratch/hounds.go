package scratch

// Dogs and hedgehogs.

func dogs() []drawing {
	face := []choice{
		either(
			limb{},
			limb{fine(light, "M51 10c5 8 5 18 8 26-4 4-12 4-16 0 3-8 3-18 8-26z")},
			limb{fine(dark, "M56 22c8-4 18 0 18 10s-8 14-15 10-9-16-3-20z")},
		),
		either(
			limb{fill(dark, "M30 14c-10-2-18 4-20 16-2 10 0 20 5 26 9-4 14-18 17-30zM72 14c10-2 18 4 20 16 2 10 0 20-5 26-9-4-14-18-17-30z")},
			limb{fill(dark, "M34 14L22 0c-5 8-6 20-2 32zM68 14L80 0c5 8 6 20 2 32z")},
			limb{fill(dark, "M34 14L20 4c-4 6-8 14-6 22 6-2 10-2 14 2zM68 14L82 4c4 6 8 14 6 22-6-2-10-2-14 2z")},
		),
		only(
			fine(light, "O51 44 13 10.5"),
			fine(black, "M44 37c3-3 11-3 14 0 0 4-4 7-7 7s-7-3-7-7z"),
			fineLine(black, 1.6, "M51 44v5M51 49c-2 3-6 3-8 1M51 49c2 3 6 3 8 1"),
		),
		either(limb{}, limb{fine(blush, "M47.5 51h7c1 5-1 8-3.5 8s-4.5-3-3.5-8z")}),
		eyes(3.8, point{38, 30}, point{64, 30}),
	}
	skull := "M24 30C24 14 36 8 51 8s27 6 27 22c0 8-3 12-6 16-4 7-12 10-21 10s-17-3-21-10c-3-4-6-8-6-16z"
	sitting := drawing{stance: "sitting", limbs: append([]choice{
		either(
			limb{line(body, 7, "M72 86c10 0 18-8 16-18")},
			limb{line(dark, 8, "M72 88c12 2 20-6 24-14")},
		),
		either(
			limb{coat(body, "M30 94c-6-4-6-12-4-20 2-14 8-22 14-28h22c6 6 12 14 14 28 2 8 2 16-4 20z"), fine(light, "M42 52h18c4 10 2 24-9 26-11-2-13-16-9-26z"), fine(body, "M36 68c-2 9-2 18 0 26h13V74zM66 68c2 9 2 18 0 26H53V74z")},
			limb{coat(body, "M30 94c-6-4-6-12-4-20 2-14 8-22 14-28h22c6 6 12 14 14 28 2 8 2 16-4 20z"), fineLine(dark, 1.5, "M40 74v19M51 76v17M62 74v19")},
		),
		only(fine(light, "M36 95c-1-7 13-8 14 0zM52 95c1-8 15-7 14 0z")),
		either(limb{}, limb{fine(trim, "M34 52c10 7 24 7 34 0l2 6c-11 7-27 7-38 0z")}),
		only(fill(body, skull)),
	}, face...)}
	sitting.head = joint{at: point{51, 30}, reach: 26, pivot: point{51, 50}, turn: 11, grow: .08}
	sitting.tail = joint{at: point{90, 74}, reach: 14, pivot: point{74, 86}, turn: 14, grow: .12}
	sitting.crown = [2]point{{26, 10}, {76, 58}}

	profile := func(t tint) limb {
		return limb{fill(t, "M62 34c-8 2-12 10-11 20 1 8 6 10 10 8 5-4 7-14 6-24z")}
	}
	standing := drawing{stance: "standing", limbs: []choice{
		either(
			limb{line(body, 6, "M14 52C6 48 2 38 6 28")},
			limb{line(dark, 7, "M14 52C4 52-2 44-2 36")},
		),
		only(
			fill(dark, "M30 66h10v27c0 3-10 3-10 0zM62 66h10v27c0 3-10 3-10 0z"),
		),
		only(
			coat(body, "M12 54c4-10 20-10 38-9 8 0 10-8 14-14 6-8 20-9 26-2 3 4 5 7 10 9 4 2 4 8 1 11-4 5-11 6-17 6-2 6-4 10-6 15l-1 24c0 3-10 3-10 0l-2-18c-10 2-22 2-32-1l-2 19c0 3-11 3-11 0l1-24c-5-4-10-9-9-16z"),
			fine(black, "M98 37c4 0 6 3 5 6-3 2-7 0-7-4z"),
			fineLine(black, 1.5, "M99 50c-4 2-8 2-11 0"),
		),
		either(limb{}, limb{fine(light, "M20 58c6-8 24-8 28 0 0 8-8 12-16 11-8 0-13-5-12-11z")}, limb{fine(trim, "M60 52c5 6 13 8 20 6l-1 6c-8 2-17-1-22-7z")}),
		either(profile(dark), limb{fill(dark, "M64 32l-4-16c8 2 13 6 16 12z")}),
		eyes(3.2, point{84, 35}),
	}}
	standing.head = joint{at: point{84, 40}, reach: 22, pivot: point{66, 54}, turn: 12, grow: .09}
	standing.tail = joint{at: point{2, 38}, reach: 14, pivot: point{14, 52}, turn: 16, grow: .2}
	standing.crown = [2]point{{62, 22}, {106, 58}}
	return []drawing{sitting, standing}
}

// hedgehogs carry a coat of spikes.
func hedgehogs() []drawing {
	spikes := "M20 78L6 80l10-9L1 64l14-4L4 49l14 1L11 36l14 6-2-15 12 10 3-16 9 13 8-14 5 15 11-11 1 16 13-7-3 14 12-1-7 11 6 12-6 14-40 14z"
	small := "M16 82L2 82l12-7L0 68l13-3L3 54l13 0L9 42l13 4-2-14 12 8 4-14 8 11 8-13 5 13 11-10 2 14 12-8-2 14 11-3-6 11 5 14-5 14-40 6z"
	one := func(stance, spikes, nose string, eye point, feet choice) drawing {
		return drawing{
			stance: stance,
			limbs: []choice{
				feet,
				only(fill(dark, spikes)),
				only(fill(body, nose), fine(light, "M40 84c10 5 24 5 34 0l-4 6c-8 3-20 3-28 0z")),
				either(limb{fineLine(body, 1.8, "M30 50l-5-6M42 46l-3-8M54 44l0-8M26 62l-7-4M36 60l-5-6M48 56l-3-7M34 72l-7-3")}, limb{fineLine(light, 1.8, "M32 52l-5-6M44 48l-3-8M56 46l0-8M28 66l-7-4M40 62l-5-6"), fineLine(body, 1.8, "M50 58l-3-7M36 74l-7-3")}),
				only(fill(body, "O70 55 5.5 6"), fine(blush, "O70 55.5 3 3.5")),
				only(fine(blush, "O80 77 4.5 3")),
				eyes(3, eye),
			},
			head:  joint{at: point{88, 70}, reach: 18, pivot: point{70, 74}, turn: 10, grow: .1},
			tail:  joint{at: point{16, 60}, reach: 20, pivot: point{40, 70}, turn: 5, grow: .08},
			crown: [2]point{{66, 48}, {104, 84}},
		}
	}
	feet := either(
		limb{fill(body, "O34 90 7 4.5O66 90 7 4.5")},
		limb{fill(body, "O30 90 7 4.5O48 92 6 4O70 90 7 4.5")},
	)
	nose := "M72 52c8 2 14 12 22 16 6 1 8 4 7 8-2 4-7 4-10 6-8 6-18 8-28 6-8-4-6-14-2-22 2-6 5-13 11-14z"
	a := one("walking", spikes, nose, point{82, 66}, feet)
	a.limbs = append(a.limbs, only(fine(black, "O99 72 3.5 3.2")))
	b := one("resting", small, nose, point{82, 66}, either(limb{}, limb{fill(body, "O60 91 6 4")}))
	b.limbs = append(b.limbs, only(fine(black, "O99 72 3.5 3.2")))
	return []drawing{a, b}
}
