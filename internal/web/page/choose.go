package page

import "slices"

// byCode says that a way sends a code.
func byCode(way string) bool { return way == "email" || way == "phone" }

// three are the ways without the codes on paper, which have a row of their own beneath them.
func (m Choose) three() []string {
	return slices.DeleteFunc(slices.Clone(m.Ways), func(way string) bool { return way == "saved" })
}

// Saved says that codes on paper are taken here.
func (m Choose) Saved() bool { return slices.Contains(m.Ways, "saved") }

// More says that after this way one more is asked for, where other ways are enough by themselves. Where none is, Several says it once
// for all of them.
func (m Choose) More(way string) bool { return !m.Several && slices.Contains(m.Unfinished, way) }

// Lead names the sentence above the ways: which of them send a code at once. Empty when there is nothing to say.
func (m Choose) Lead() string {
	ways := m.three()
	codes := 0
	for codes < len(ways) && byCode(ways[codes]) {
		codes++
	}
	switch {
	case len(ways) == 0:
		return ""
	case !slices.ContainsFunc(ways, byCode):
		return "choose.lead.none"
	case len(ways) == 1:
		return "choose.lead.only"
	case codes == 0 || slices.ContainsFunc(ways[codes:], byCode):
		return "choose.lead.some"
	case codes == len(ways):
		return "choose.lead.each"
	case codes == 1:
		return "choose.lead.first"
	}
	return "choose.lead.both"
}
