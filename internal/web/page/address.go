package page

// addressErrors are the texts for what is wrong with a typed address.
var addressErrors = map[string]string{
	"empty":    "address.empty",
	"too_long": "address.too_long",
	"shape":    "address.shape",
}

func addressError(fault string) string {
	switch key, ok := addressErrors[fault]; {
	case fault == "":
		return ""
	case ok:
		return key
	}
	return "address.shape"
}

// Fault names the text of what is wrong with the address; empty if nothing is.
func (m Identify) Fault() string { return addressError(m.AddressError) }

// Fault names the text of what is wrong with the address; empty if nothing is.
func (m SignIn) Fault() string { return addressError(m.AddressError) }
