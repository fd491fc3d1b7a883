package scratch

// bark is a dog: a hard begin, a quick arch of pitch, much noise.
func bark(k *singer) {
	pitch, throat := k.about(350, .32), k.about(1, .16)
	breath, rough, tilt := float32(k.within(.12, .4)), float32(k.within(.1, .3)), k.about(1500, .3)
	for _, b := range k.beats(span(k.seconds, k.within(.22, .46), 2, 5), k.within(.4, .6)) {
		k.sing(&note{
			begin: b.begin, long: min(b.long, .3), scale: pitch * k.about(1, .06), level: k.about(1, .2),
			pitch: course{{0, .7}, {.2, 1.3}, {.5, 1.1}, {1, .55}}, loud: course{{0, 0}, {.035, 1}, {.4, .85}, {.7, .4}, {1, 0}},
			throat: throat, direct: .05, tilt: tilt, breath: breath, rough: rough, flutter: .01,
			formants: [3]formant{
				{place: course{{0, 480}, {.25, 900}, {.6, 800}, {1, 450}}, band: 200, gain: 1},
				{place: course{{0, 1100}, {.3, 1450}, {1, 1000}}, band: 280, gain: .65},
				{place: steady(2700), band: 500, gain: .35},
			},
		})
	}
}

// bleat is a sheep: pitch and loudness tremble eight to twelve times a second.
func bleat(k *singer) {
	pitch, throat := k.about(260, .36), k.about(1, .13)
	rate := k.within(8, 11.5)
	tremble := wobble{rate, k.within(.05, .09), k.Float64()}
	beat := wobble{rate, k.within(.35, .6), tremble.phase + k.within(-.15, .15)}
	breath, tilt := float32(k.within(.08, .25)), k.about(2300, .25)
	for _, b := range k.drawl() {
		k.sing(&note{
			begin: b.begin, long: b.long, scale: pitch * k.about(1, .03), level: k.about(1, .1),
			pitch: course{{0, .88}, {.15, 1.05}, {.6, 1}, {1, .84}}, loud: course{{0, 0}, {.05, .3}, {.13, 1}, {.6, .8}, {.88, .5}, {1, 0}},
			throat: throat, direct: .03, tilt: tilt, breath: breath, rough: .08, flutter: .006, vibrato: tremble, tremolo: beat,
			formants: [3]formant{
				{place: course{{0, 350}, {.12, 700}, {.8, 780}, {1, 600}}, band: 130, gain: 1},
				{place: course{{0, 1300}, {.12, 1750}, {1, 1600}}, band: 200, gain: .7},
				{place: steady(2700), band: 280, gain: .45},
			},
		})
	}
}

// meow is a cat: a long arch of pitch while the mouth opens and closes.
func meow(k *singer) {
	pitch, throat := k.about(610, .28), k.about(1, .12)
	breath, tilt := float32(k.within(.03, .25)), k.about(1900, .25)
	top := float32(k.within(.3, .5))
	for _, b := range k.drawl() {
		k.sing(&note{
			begin: b.begin, long: b.long, scale: pitch * k.about(1, .03), level: k.about(1, .1),
			pitch: course{{0, .78}, {top, 1.22}, {.7, 1.12}, {1, .72}}, loud: held(.16, .35),
			throat: throat, direct: .08, tilt: tilt, breath: breath, rough: .03, flutter: .004,
			formants: [3]formant{
				{place: course{{0, 420}, {top, 1050}, {.75, 900}, {1, 520}}, band: 160, gain: 1},
				{place: course{{0, 2500}, {top, 1800}, {1, 950}}, band: 220, gain: .7},
				{place: steady(3400), band: 400, gain: .35},
			},
		})
	}
}

// moo is a cow: low, long, opening slowly.
func moo(k *singer) {
	pitch, throat := k.about(128, .24), k.about(1, .13)
	open := float32(k.within(.3, .5))
	tilt, breath, rough := k.about(900, .3), float32(k.within(.05, .2)), float32(k.within(.05, .2))
	for _, b := range k.drawl() {
		k.sing(&note{
			begin: b.begin, long: b.long, scale: pitch * k.about(1, .04), level: k.about(1, .1),
			pitch: course{{0, .8}, {open, 1.1}, {.75, 1.14}, {1, .88}}, loud: held(.2, .25),
			throat: throat, direct: .04, tilt: tilt, breath: breath, rough: rough, flutter: .005,
			formants: [3]formant{
				{place: course{{0, 260}, {open, 540}, {.8, 500}, {1, 330}}, band: 110, gain: 1},
				{place: course{{0, 750}, {open, 1050}, {1, 750}}, band: 170, gain: .6},
				{place: steady(2300), band: 350, gain: .25},
			},
		})
	}
}
