package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"twohens/internal/config"
	"twohens/internal/message"
	"twohens/internal/web/page"
)

// look is how the site presents itself, on pages and in letters, and the files that this takes: they are served beneath /static/.
func look(c *config.Site) (site page.Site, colours message.Colours, files map[string][]byte, err error) {
	site = page.Site{Name: c.Name, HelpContact: c.HelpContact}
	files = map[string][]byte{}
	if c.PrivacyURL != nil {
		site.PrivacyURL = c.PrivacyURL.String()
	}
	if c.Logo != "" {
		picture, err := os.ReadFile(string(c.Logo))
		if err != nil {
			return site, colours, nil, fmt.Errorf("site.logo: %w", err)
		}
		name := "logo" + strings.ToLower(filepath.Ext(string(c.Logo)))
		files[name], site.LogoURL = picture, "/static/"+name
	}
	if c.Colour != "" {
		palette, err := page.NewPalette(c.Colour)
		if err != nil {
			return site, colours, nil, fmt.Errorf("site.colour: %w", err)
		}
		files["brand.css"], site.BrandURL = []byte(palette.Sheet()), "/static/brand.css"
		colours = message.Colours{
			Button: palette.Brand, ButtonText: palette.OnBrand, Link: palette.Link,
			DarkButton: palette.DarkBrand, DarkButtonText: palette.DarkOn, DarkLink: palette.DarkLink,
		}
	}
	return site, colours, files, nil
}
