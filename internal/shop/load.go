package shop

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shopstream/shopstream/internal/secret"
)

// Load reads the file at path: a list "shops" with an entry for each, whose platform is one of those given. All mistakes are
// returned at once, joined, each with the entry's place in the list and its line, and never with a value that is secret.
func Load(path string, platforms []string) (*Book, error) {
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("read shops (shops.file): %w", err)
	}
	book, err := Parse(content, platforms)
	if err != nil {
		return nil, fmt.Errorf("read shops %s: %w", path, err)
	}
	return book, nil
}

// Parse reads the content of a shops file, as [Load] does.
func Parse(content []byte, platforms []string) (*Book, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil { // of syntax alone, which quotes no value
		return nil, fmt.Errorf("parse list: %w", err)
	}
	list, err := findList(&doc)
	if err != nil {
		return nil, err
	}
	var errs []error
	shops := make([]Shop, 0, len(list))
	seen := map[string]int{}
	for i, node := range list {
		e := entry{number: i + 1, line: node.Line, platforms: platforms}
		s := e.read(node)
		if len(e.errs) == 0 {
			if first, again := seen[s.Key()]; again {
				e.fail("is a duplicate of shop %d: platform, channel_id and shop_id are the same", first)
			} else {
				seen[s.Key()] = e.number
			}
		}
		errs = append(errs, e.errs...)
		shops = append(shops, s)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return New(shops...), nil
}

// findList returns the nodes below the key "shops", which must be the only key.
func findList(doc *yaml.Node) ([]*yaml.Node, error) {
	errNoList := errors.New(`want one key, "shops", with a list below it`)
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, errNoList
	}
	top := doc.Content[0].Content
	if len(top) != 2 || top[0].Value != "shops" || top[1].Kind != yaml.SequenceNode {
		return nil, errNoList
	}
	return top[1].Content, nil
}

// entry reads one element of the list and collects what is wrong with it.
type entry struct {
	number, line int
	platforms    []string // that there are
	errs         []error
}

func (e *entry) fail(format string, args ...any) {
	where := "shop"
	if e.number > 0 {
		where = fmt.Sprintf("shop %d (line %d)", e.number, e.line)
	}
	e.errs = append(e.errs, errors.New(where+" "+fmt.Sprintf(format, args...)))
}

// Check completes a shop that comes from no file and returns all that is wrong with it, joined.
func (s *Shop) Check(platforms []string) error {
	e := entry{platforms: platforms}
	e.check(s)
	return errors.Join(e.errs...)
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

func (e *entry) read(node *yaml.Node) Shop {
	s := Shop{Enabled: true}
	var appSecret, accessToken, refreshToken string
	targets := map[string]*string{
		"platform": &s.Platform, "shop_id": &s.ShopID, "channel_id": &s.ChannelID, "region": &s.Region, "name": &s.Name,
		"base_url": &s.BaseURL, "auth_url": &s.AuthURL, "app_id": &s.AppID, "app_secret": &appSecret, "access_token": &accessToken,
		"refresh_token": &refreshToken, "shop_cipher": &s.ShopCipher,
	}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node.Kind != yaml.MappingNode {
		e.fail("is no list of keys and values")
		return s
	}
	seen := map[string]bool{}
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i].Value, node.Content[i+1]
		target, known := targets[key]
		switch {
		case seen[key]:
			e.fail("has %s twice", key)
		case key == "enabled":
			e.readEnabled(&s, value)
		case !known:
			e.fail("has the unknown key %s", key)
		default:
			e.readText(target, key, value)
		}
		seen[key] = true
	}
	s.AppSecret, s.AccessToken, s.RefreshToken = secret.Text(appSecret), secret.Text(accessToken), secret.Text(refreshToken)
	e.check(&s)
	return s
}

// readText takes the text as it is written, so that a number of any length stays exact.
func (e *entry) readText(target *string, key string, value *yaml.Node) {
	if value.Kind == yaml.AliasNode {
		value = value.Alias
	}
	switch {
	case value.Kind != yaml.ScalarNode:
		e.fail("has a list or keys as its %s: want one value", key)
	case value.Tag == "!!null":
	case value.Tag == "!!int" && !decimal(value.Value):
		// YAML would read 0x1F, 1_000 or 0123 as another number than what is written: only the author knows which is meant.
		e.fail("has a number as its %s that is not plain decimal: write it in quotes", key)
	default:
		*target = value.Value
	}
}

func decimal(s string) bool {
	return s == "0" || (s[0] != '0' && strings.Trim(s, "0123456789") == "")
}

func (e *entry) readEnabled(s *Shop, value *yaml.Node) {
	on, err := strconv.ParseBool(value.Value)
	if err != nil || value.Tag != "!!bool" {
		e.fail("has an enabled that is neither true nor false")
	}
	s.Enabled = on
}

// check completes s and reports what it lacks.
func (e *entry) check(s *Shop) {
	if !slices.Contains(e.platforms, s.Platform) {
		e.fail("has the unknown platform %q: allowed are %s", s.Platform, strings.Join(e.platforms, ", "))
	}
	for _, id := range []struct{ key, value string }{{"shop_id", s.ShopID}, {"channel_id", s.ChannelID}} {
		switch {
		case id.value == "":
			e.fail("has no %s", id.key)
		case !idPattern.MatchString(id.value):
			e.fail("has the %s %q: allowed are up to 100 of A-Z a-z 0-9 . _ -", id.key, id.value)
		}
	}
	s.Region = strings.ToUpper(s.Region)
	s.BaseURL, s.AuthURL = strings.TrimRight(s.BaseURL, "/"), strings.TrimRight(s.AuthURL, "/")
	if s.BaseURL == "" {
		e.fail("has no base_url")
	}
	for _, address := range []struct{ key, value string }{{"base_url", s.BaseURL}, {"auth_url", s.AuthURL}} {
		u, err := url.Parse(address.value)
		if address.value != "" && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" ||
			u.Fragment != "" || u.User != nil) {
			// Not shown: a URL that is pasted from elsewhere may carry a token.
			e.fail("has an invalid %s: want http(s)://host[/path] without user, ? and #", address.key)
		}
	}
}
