package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"twohens/internal/config"
	"twohens/internal/web/page"
)

// look is how the site presents itself on the pages, and the files that this takes: they are served beneath /static/.
func look(c *config.Site) (page.Site, map[string][]byte, error) {
	site := page.Site{Name: c.Name, HelpContact: c.HelpContact}
	files := map[string][]byte{}
	if c.PrivacyURL != nil {
		site.PrivacyURL = c.PrivacyURL.String()
	}
	if c.Logo != "" {
		picture, err := os.ReadFile(string(c.Logo))
		if err != nil {
			return site, nil, fmt.Errorf("site.logo: %w", err)
		}
		name := "logo" + strings.ToLower(filepath.Ext(string(c.Logo)))
		files[name], site.LogoURL = picture, "/static/"+name
	}
	if c.Colour != "" {
		sheet, err := brand(c.Colour)
		if err != nil {
			return site, nil, fmt.Errorf("site.colour: %w", err)
		}
		files["brand.css"], site.BrandURL = []byte(sheet), "/static/brand.css"
	}
	return site, files, nil
}
