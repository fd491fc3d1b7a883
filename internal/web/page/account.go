package page

// Others says that somebody else, or another browser, is signed in too.
func (m Account) Others() bool {
	for _, s := range m.Sessions {
		if !s.This {
			return true
		}
	}
	return false
}
