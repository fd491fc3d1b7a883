package scratch

func (t Trace) mechanical() bool { return false }
