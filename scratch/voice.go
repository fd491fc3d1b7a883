package scratch

// voices sing a call of k.seconds. Each draws all it varies from the singer's
// stream: pitch, size of the throat, tempo, number of syllables, breath.
var voices = [voiceCount]func(*singer){
	Cluck: cluck, Quack: quack, Coo: coo, Gobble: gobble, Honk: honk, Caw: caw,
	Hoot: hoot, Bark: bark, Bleat: bleat, Meow: meow, Moo: moo,
}

// about is a number near v, up to a part of it away.
func (k *singer) about(v, part float64) float32 { return float32(v * k.within(1-part, 1+part)) }

// span is how many syllables of about step seconds fill a time, from least to most.
func span(seconds, step float64, least, most int) int {
	return min(max(int(seconds/step+.5), least), most)
}

// struck is a loudness with a sudden begin: it falls as something struck does.
func struck(attack float32) course {
	return course{{0, 0}, {attack, 1}, {.45, .75}, {.75, .35}, {1, 0}}
}

// held is a loudness that stays up between a begin and an end, parts of the note.
func held(begin, end float32) course {
	return course{{0, 0}, {begin, .9}, {(begin + 1 - end) / 2, 1}, {1 - end, .8}, {1, 0}}
}

// beat is when a syllable sounds: seconds at the natural tempo.
type beat struct{ begin, long float64 }

// beats shares a call's time among n syllables. Often one or two are
// drawn out, as long as up to four of the others: a long note among short ones
// is a hen's habit, and must not be hers alone. Fill is how much of its share a
// syllable sounds.
func (k *singer) beats(n int, fill float64) []beat {
	out := make([]beat, n)
	total := 0.
	for i := range out {
		out[i].long = k.within(.9, 1.1)
	}
	if n > 1 && k.chance(.7) {
		drawn := k.within(1.6, 4.2)
		out[k.IntN(n)].long = drawn
		if n > 3 && k.chance(.25) {
			out[k.IntN(n)].long = .8 * drawn
		}
	}
	for _, b := range out {
		total += b.long
	}
	at := 0.
	for i := range out {
		share := out[i].long / total * k.seconds
		out[i] = beat{at + k.within(0, .1)*share, max(fill*share, .06)}
		at += share
	}
	return out
}

// drawl is one long syllable, or two, or one after a few short ones.
func (k *singer) drawl() []beat {
	s := k.seconds
	switch p := k.within(.1, .16) * s; k.IntN(5) {
	case 0:
		return []beat{{0, .5 * s}, {.57 * s, .43 * s}}
	case 1:
		return []beat{{0, p}, {.06*s + p, .93*s - p}}
	case 2:
		return []beat{{0, p}, {.07*s + p, .8 * p}, {.12*s + 2*p, .87*s - 2*p}}
	case 3:
		return []beat{{0, .9*s - p}, {.96*s - p, p}}
	}
	return []beat{{0, .98 * s}}
}
