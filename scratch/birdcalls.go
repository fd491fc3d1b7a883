package scratch

// cluck is a hen: short plosive notes that fall in pitch, and one long squawk
// that rises by most of an octave, "bok bok bok ba-GAWK".
func cluck(k *singer) {
	pitch, throat := k.about(445, .22), k.about(1, .16)
	squawk := k.seconds * k.within(.26, .36)
	gap, lift := k.within(.03, .06), k.about(1.75, .14)
	rest := k.seconds - squawk - .07 - gap
	boks := span(rest, k.within(.17, .36), 1, 5)
	after := 0 // how many follow the squawk
	if k.chance(.4) {
		after = k.IntN(boks + 1)
	}
	step := rest / float64(boks)
	breath := k.within(.04, .24)
	bok := note{
		long: min(k.within(.055, .085), .6*step), scale: pitch, level: float32(k.within(.55, .9)),
		pitch: course{{0, 1.05}, {.2, 1.2}, {.5, .95}, {1, .6}}, loud: struck(.07),
		throat: throat, direct: .08, tilt: k.about(1300, .3), breath: float32(.8 * breath), rough: .08, flutter: .004,
		formants: [3]formant{
			{place: course{{0, 620}, {.25, 950}, {1, 800}}, band: 220, gain: 1},
			{place: course{{0, 1400}, {.3, 1750}, {1, 1500}}, band: 320, gain: .6},
			{place: steady(3100), band: 500, gain: .35},
		},
	}
	at := 0.
	beat := func(n int) {
		for range n {
			b := bok
			b.begin, b.scale, b.level = at+k.within(0, .18)*step, bok.scale*k.about(1, .07), bok.level*k.about(1, .2)
			k.sing(&b)
			at += step
		}
	}
	beat(boks - after)
	ba := bok
	ba.begin, ba.long, ba.level = at, .06, .7*bok.level
	k.sing(&ba)
	k.sing(&note{
		begin: at + .06 + gap, long: squawk, scale: pitch, level: 1,
		pitch: course{{0, 1}, {.16, lift}, {.42, lift * 1.06}, {.75, lift * .86}, {1, .8 * lift}}, loud: held(.07, .2),
		throat: throat, direct: .06, tilt: k.about(2300, .4), breath: float32(breath), rough: float32(k.within(.03, .14)), flutter: .008,
		formants: [3]formant{
			{place: course{{0, 800}, {.3, 1300}, {1, 1050}}, band: 260, gain: 1},
			{place: course{{0, 1700}, {.3, 2350}, {1, 2100}}, band: 350, gain: .75},
			{place: steady(3700), band: 500, gain: .5},
		},
	})
	at += .07 + gap + squawk
	beat(after)
}

// quack is a duck: a nasal buzz with two narrow resonances and a low source,
// the first notes the loudest, the others falling away.
func quack(k *singer) {
	pitch, throat := k.about(265, .24), k.about(1, .12)
	notes := span(k.seconds, k.within(.22, .4), 2, 5)
	fall, level := k.within(.8, .95), float32(1) // each note against the one before
	tilt, breath, rough := k.about(4200, .2), float32(k.within(.04, .2)), float32(k.within(.06, .2))
	for _, b := range k.beats(notes, k.within(.55, .74)) {
		k.sing(&note{
			begin: b.begin, long: b.long, scale: pitch * k.about(1, .03), level: level,
			pitch: course{{0, .86}, {.2, 1.06}, {.6, 1}, {1, .8}}, loud: course{{0, 0}, {.1, 1}, {.5, .85}, {.8, .4}, {1, 0}},
			throat: throat, direct: .01, tilt: tilt, breath: breath, rough: rough, flutter: .006,
			formants: [3]formant{
				{place: course{{0, 850}, {.25, 1250}, {.7, 1200}, {1, 1000}}, band: 150, gain: 1},
				{place: course{{0, 2100}, {.25, 2450}, {1, 2300}}, band: 200, gain: .85},
				{place: steady(3600), band: 350, gain: .3},
			},
		})
		level *= float32(fall)
		pitch *= float32(k.within(.95, 1))
	}
}

// coo is a dove: the source has many harmonics, the swollen throat lets the
// lowest through, so what is heard is nearly a pure tone with a soft begin.
func coo(k *singer) {
	pitch := k.about(455, .17)
	parts := oneOf(k.stream, [][]float64{{.25, .45, .3}, {.3, .7}, {.22, .36, .2, .22}, {.18, .4, .17, .25}})
	fill, tremor := k.within(.78, .88), wobble{k.within(18, 30), k.within(0, .3), k.Float64()}
	glide := float32(k.within(.03, .1))
	breath := float32(k.within(.02, .06))
	at := 0.
	for i, part := range parts {
		long := part * k.seconds
		scale := pitch * k.about(1, .04)
		if i == 1 {
			scale *= 1 + glide
		}
		k.sing(&note{
			begin: at, long: fill * long, scale: scale, level: k.about(.6+part, .15),
			pitch: course{{0, .94 - glide/2}, {.3, 1}, {.7, 1 - glide/3}, {1, .92}}, loud: held(.3, .4),
			throat: 1, direct: .25, harmonics: 4, tilt: 260, breath: breath, rough: .01, flutter: .002, tremolo: tremor,
			formants: [3]formant{{place: steady(pitch), band: 130, gain: 1}},
		})
		at += long
	}
}

// gobble is a turkey: twelve to eighteen pulses a second, "gob" and "le" in turn,
// falling in pitch and running down.
func gobble(k *singer) {
	pitch, throat := k.about(740, .16), k.about(1, .12)
	rate, slack, drop := k.within(12.5, 18), k.within(0, .25), k.within(.3, .48)
	odd := k.about(1.14, .07)
	tilt, breath := k.about(1900, .3), float32(k.within(.06, .2))
	for at, i := 0., 0; at < k.seconds-.5/rate; i++ {
		t := at / k.seconds
		step := (1 + slack*t) / rate
		scale := pitch * float32(1-drop*t)
		first, long := float32(620), .86
		if i%2 == 1 {
			scale, first, long = scale*odd, 950, .7
		}
		k.sing(&note{
			begin: at, long: long * step, scale: scale * k.about(1, .02), level: float32(min(.55+4*t, 1.15-.6*t)) * k.about(1, .1),
			pitch: course{{0, .82}, {.3, 1.12}, {.6, 1}, {1, .72}}, loud: course{{0, 0}, {.2, 1}, {.6, .8}, {1, 0}},
			throat: throat, direct: .1, tilt: tilt, breath: breath, rough: .1, flutter: .006,
			formants: [3]formant{
				{place: course{{0, first}, {.4, first + 250}, {1, first}}, band: 280, gain: 1},
				{place: steady(1750), band: 400, gain: .45},
				{place: steady(3000), band: 500, gain: .2},
			},
		})
		at += step * k.within(.95, 1.05)
	}
}

// honk is a goose: brassy notes whose pitch breaks upwards, "a-HONK".
func honk(k *singer) {
	pitch, throat := k.about(360, .22), k.about(1, .12)
	leap, broken := k.about(1.62, .08), float32(k.within(.18, .34))
	breath, rough, tilt := float32(k.within(.04, .3)), float32(k.within(.04, .2)), k.about(2600, .25)
	for _, b := range k.beats(span(k.seconds, k.within(.28, .6), 2, 4), k.within(.6, .8)) {
		k.sing(&note{
			begin: b.begin, long: b.long, scale: pitch * k.about(1, .05), level: k.about(1, .18),
			pitch:  course{{0, .95}, {broken, 1.02}, {broken + .06, leap}, {.75, leap * 1.02}, {1, leap * .82}},
			loud:   course{{0, 0}, {.08, .45}, {broken, .5}, {broken + .08, 1}, {.8, .8}, {1, 0}},
			throat: throat, direct: .1, tilt: tilt, breath: breath, rough: rough, flutter: .005,
			formants: [3]formant{
				{place: course{{0, 600}, {broken, 700}, {broken + .1, 1100}, {1, 850}}, band: 200, gain: 1},
				{place: course{{0, 1500}, {broken + .1, 2050}, {1, 1800}}, band: 260, gain: .8},
				{place: steady(3100), band: 400, gain: .35},
			},
		})
	}
}

// caw is a crow: long harsh notes with an even arch of pitch, half of it noise.
func caw(k *singer) {
	pitch, throat := k.about(430, .28), k.about(1, .12)
	breath, rough, tilt := float32(k.within(.5, 1)), float32(k.within(.3, .5)), k.about(3000, .2)
	for _, b := range k.beats(span(k.seconds, k.within(.27, .5), 2, 4), k.within(.58, .76)) {
		k.sing(&note{
			begin: b.begin, long: b.long, scale: pitch * k.about(1, .04), level: k.about(1, .12),
			pitch: course{{0, .85}, {.3, 1.08}, {.6, 1.04}, {1, .8}}, loud: held(.12, .25),
			throat: throat, direct: .02, tilt: tilt, breath: breath, rough: rough, flutter: .03,
			formants: [3]formant{
				{place: course{{0, 900}, {.4, 1250}, {1, 1050}}, band: 220, gain: 1},
				{place: steady(1750), band: 300, gain: .9},
				{place: steady(2900), band: 450, gain: .5},
			},
		})
	}
}

// hoot is an owl: low pure tones, a long one, a pause, short ones, a long one.
func hoot(k *singer) {
	pitch := k.about(345, .17)
	beats := oneOf(k.stream, [][]beat{
		{{0, .26}, {.42, .09}, {.55, .45}}, {{0, .12}, {.18, .3}, {.62, .36}}, {{0, .3}, {.5, .12}, {.66, .12}, {.8, .2}},
		{{0, .09}, {.14, .09}, {.3, .28}, {.68, .3}},
	})
	quiver := wobble{k.within(5, 7), k.within(0, .015), k.Float64()}
	breath := float32(k.within(.02, .08))
	for _, b := range beats {
		k.sing(&note{
			begin: b.begin * k.seconds, long: b.long * k.seconds, scale: pitch * k.about(1, .02), level: k.about(1, .12),
			pitch: course{{0, .9}, {.25, 1}, {.7, .99}, {1, .88}}, loud: held(.2, .35),
			throat: 1, direct: .25, harmonics: 4, tilt: 220, breath: breath, flutter: .002, vibrato: quiver,
			formants: [3]formant{{place: steady(pitch), band: 150, gain: 1}},
		})
	}
}
