package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/shopstream/shopstream/internal/simulator/world"
)

// WriteShopsFile writes the shops with their credentials as a shops file (YAML), readable by its owner alone. A reader sees
// the file before or the whole new one. baseURL is what stands before the platforms' paths.
func (s *Server) WriteShopsFile(path, baseURL string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".shops-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write shops file %s: %w", path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already if all went well
	_, err = f.Write(shopsYAML(s.Shops(), baseURL))
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write shops file %s: %w", path, err)
	}
	return nil
}

func shopsYAML(shops []world.Shop, baseURL string) []byte {
	var b bytes.Buffer
	b.WriteString("shops:\n")
	for i := range shops {
		s := &shops[i]
		lead := "  - "
		for _, f := range [...]struct{ key, value string }{
			{"platform", s.Platform},
			{"shop_id", s.ShopID},
			{"channel_id", s.ChannelID},
			{"region", s.Region},
			{"name", s.Name},
			{"base_url", baseURL + s.BasePath},
			{"auth_url", baseURL + s.BasePath}, // tokens come from hosts of their own, but not here
			{"app_id", s.AppID},
			{"app_secret", s.AppSecret},
			{"access_token", s.AccessToken},
			{"refresh_token", s.RefreshToken},
			{"shop_cipher", s.ShopCipher},
		} {
			if f.key == "shop_cipher" && f.value == "" {
				continue // only some platforms have one
			}
			value, _ := json.Marshal(f.value) // a string always has a JSON form, and that is a YAML string
			fmt.Fprintf(&b, "%s%s: %s\n", lead, f.key, value)
			lead = "    "
		}
		b.WriteString("    enabled: true\n")
	}
	return b.Bytes()
}
