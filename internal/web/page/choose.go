package page

import "slices"

// Lead names the sentence above the ways: which of them send a code at once.
func (m Choose) Lead() string {
	switch phone := slices.Contains(m.Ways, "phone"); {
	case len(m.Ways) == 1 && m.Ways[0] != "questions":
		return "choose.lead.only"
	case phone && slices.Contains(m.Ways, "email"):
		return "choose.lead.both"
	case phone || slices.Contains(m.Ways, "email"):
		return "choose.lead.first"
	}
	return "choose.lead.none"
}
