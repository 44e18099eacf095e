package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/dotenv"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/shopstream/shopstream/internal/secret"
)

// DefaultFile is read when it exists and no other file is named.
const DefaultFile = "shopstream.yaml"

const envPrefix = "SHOPSTREAM_"

// delim stands between the parts of a key inside koanf. It is the environment's own, and no dot: platforms' error codes
// have dots in them.
const delim = "__"

// Source says where to look.
type Source struct {
	// Path of the YAML file; it must exist. Empty means Dir/shopstream.yaml, if there is one.
	Path string
	// Dir holds .env, .env.$SHOPSTREAM_ENV and shopstream.yaml, all of them optional; empty is the working directory.
	Dir string
	// Environ is the environment as os.Environ gives it. SHOPSTREAM_<SECTION>__<FIELD> set keys; SHOPSTREAM_ENV names the
	// second .env file, and SHOPSTREAM_TEST_* belong to tests.
	Environ []string
	// Overrides are values of flags by key, with dots: {"kafka.brokers": "kafka:9092"}.
	Overrides map[string]any
	// Platforms are the platforms that there are, each with its default rate in calls a minute.
	Platforms map[string]int
}

// setting is a value and where it came from.
type setting struct {
	value any
	place string
}

// loader collects settings, later ones over earlier ones, and mistakes.
type loader struct {
	defaults Config
	known    map[string]bool    // every key there is, with delim
	settings map[string]setting // by key, with delim
	errs     []error
}

// Load reads all sources, in this order: defaults, the YAML file, .env, .env.$SHOPSTREAM_ENV, environment, overrides. All
// mistakes are returned at once, joined.
func Load(src Source) (Config, error) {
	l := loader{defaults: Default(src.Platforms), known: map[string]bool{}, settings: map[string]setting{}}
	for _, f := range fields(&l.defaults, pointers(l.defaults.Platforms)) {
		l.known[strings.ReplaceAll(f.key, ".", delim)] = true
	}
	path, explicit := src.Path, src.Path != ""
	if !explicit {
		path = filepath.Join(src.Dir, DefaultFile)
	}
	l.yaml(path, explicit)

	own := map[string]any{}
	fromEnv := koanf.New("")
	_ = fromEnv.Load(env.Provider("", env.Opt{Prefix: envPrefix, EnvironFunc: func() []string { return src.Environ }}), nil) // reads memory
	maps.Copy(own, fromEnv.Raw())

	dotenvVars := l.dotenv(filepath.Join(src.Dir, ".env"))
	stage, _ := own[envPrefix+"ENV"].(string)
	if stage == "" {
		stage, _ = dotenvVars[envPrefix+"ENV"].(string)
	}
	l.environ(dotenvVars, filepath.Join(src.Dir, ".env"))
	if stage != "" {
		if stage != filepath.Base(stage) {
			l.errs = append(l.errs, fmt.Errorf("SHOPSTREAM_ENV = %q: want a plain name, the end of .env.<name>", stage))
		} else {
			stageFile := filepath.Join(src.Dir, ".env."+stage)
			l.environ(l.dotenv(stageFile), stageFile)
		}
	}
	l.environ(own, "environment")

	flags := koanf.New(delim)
	_ = flags.Load(confmap.Provider(withDelim(src.Overrides), delim), nil) // reads memory
	l.layer(flags, "flag")
	return l.config()
}

// yaml adds the file's settings.
func (l *loader) yaml(path string, explicit bool) {
	k := koanf.New(delim)
	err := k.Load(file.Provider(path), yaml.Parser())
	switch {
	case errors.Is(err, fs.ErrNotExist) && !explicit:
	case errors.Is(err, fs.ErrNotExist):
		l.errs = append(l.errs, fmt.Errorf("read config: %s does not exist (--config names it)", path))
	case isPathError(err):
		l.errs = append(l.errs, fmt.Errorf("read config: %w", err))
	case err != nil:
		// The parser quotes values that it cannot place, and a value may be a secret.
		text := quoted.ReplaceAllString(strings.ReplaceAll(err.Error(), "\n", " "), "`…`")
		l.errs = append(l.errs, fmt.Errorf("read config %s: want sections with keys: %s", path, text))
	default:
		l.layer(k, path)
	}
}

var quoted = regexp.MustCompile("`[^`]*`")

func isPathError(err error) bool {
	var pathErr *fs.PathError
	return errors.As(err, &pathErr)
}

// dotenv reads the variables of a .env file that are ours; none when there is no such file.
func (l *loader) dotenv(path string) map[string]any {
	k := koanf.New("")
	err := k.Load(file.Provider(path), dotenv.ParserEnv(envPrefix, "", nil))
	switch {
	case err == nil:
		return k.Raw()
	case errors.Is(err, fs.ErrNotExist):
	case isPathError(err):
		l.errs = append(l.errs, fmt.Errorf("read variables: %w", err))
	default: // the parser's own message quotes the rest of the file
		l.errs = append(l.errs, fmt.Errorf("read variables %s%s: want lines of NAME=value", path, badLine(path)))
	}
	return nil
}

var dotenvLine = regexp.MustCompile(`^\s*(#|$|(export\s+)?[A-Za-z_][A-Za-z0-9_.]*\s*[=:])`)

// badLine returns ":<number>" of the first line that does not look like a variable, as far as that can be told.
func badLine(path string) string {
	content, err := os.ReadFile(path) //nolint:gosec // the operator's own file, just read by the parser
	if err != nil {
		return ""
	}
	for i, line := range strings.Split(string(content), "\n") {
		if !dotenvLine.MatchString(line) {
			return fmt.Sprintf(":%d", i+1)
		}
	}
	return ""
}

// environ adds variables, named SHOPSTREAM_SECTION__KEY.
func (l *loader) environ(vars map[string]any, place string) {
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		value, _ := vars[name].(string)
		if name == envPrefix+"ENV" || strings.HasPrefix(name, envPrefix+"TEST_") || serviceLink(name, value) {
			continue
		}
		key := variableKey(name)
		if base, _ := entryKey(key); !l.known[base] {
			l.errs = append(l.errs, fmt.Errorf("unknown variable %s (%s)%s", name, place, suggest(name, l.known)))
			continue
		}
		l.settings[key] = setting{value, place + " " + name}
	}
}

// variableKey turns SHOPSTREAM_FETCH__PARALLEL into fetch__parallel. Codes of platforms keep their case.
func variableKey(name string) string {
	parts := strings.Split(strings.TrimPrefix(name, envPrefix), delim)
	for i := range parts {
		if i < 3 {
			parts[i] = strings.ToLower(parts[i])
		}
	}
	return strings.Join(parts, delim)
}

var serviceVariable = regexp.MustCompile(`_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$`)

// serviceLink reports whether Kubernetes put the variable there, as it does for every Service: one named "shopstream" must
// not keep the program from starting.
func serviceLink(name, value string) bool {
	return serviceVariable.MatchString(name) || (strings.HasSuffix(name, "_PORT") && strings.Contains(value, "://"))
}

// suggest names the variable that was probably meant: the same words, other separators.
func suggest(name string, known map[string]bool) string {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	for key := range known {
		if plain(key) == plain(strings.TrimPrefix(name, envPrefix)) {
			return ": is it " + envPrefix + strings.ToUpper(key) + "?"
		}
	}
	return ""
}

// layer adds the settings of one nested source.
func (l *loader) layer(k *koanf.Koanf, place string) {
	for _, key := range k.Keys() {
		value := k.Get(key)
		base, name := entryKey(key)
		shown := strings.ReplaceAll(key, delim, ".")
		switch nested, isMap := value.(map[string]any); {
		case l.known[base] && value == nil && name == "":
			l.errs = append(l.errs, fmt.Errorf("%s (%s) has no value: give one, or leave the key out for the default", shown, place))
		case l.known[base] && (!isMap || len(nested) > 0):
			l.settings[key] = setting{value, place}
		case (value == nil || isMap) && isSection(key, l.known): // a section with nothing in it
		case isSection(key, l.known):
			l.errs = append(l.errs, fmt.Errorf("%s (%s) is a section: want keys below it", shown, place))
		case !l.known[base]:
			l.errs = append(l.errs, fmt.Errorf("unknown key %s (%s)", shown, place))
		}
	}
}

// isSection reports whether some known key lies below key; entries of maps are keys of their own.
func isSection(key string, known map[string]bool) bool {
	for k := range known {
		if strings.HasPrefix(k, key+delim) {
			return true
		}
	}
	return false
}

// entryKey splits the key of a map's entry, such as platforms__<p>__errors__<code>; other keys are their own base, without a
// name.
func entryKey(key string) (base, name string) {
	parts := strings.SplitN(key, delim, 4)
	if len(parts) == 4 && parts[0] == "platforms" && slices.Contains(mapFields, parts[2]) {
		return strings.Join(parts[:3], delim), parts[3]
	}
	return key, ""
}

func withDelim(overrides map[string]any) map[string]any {
	flat := make(map[string]any, len(overrides))
	for key, value := range overrides {
		flat[strings.ReplaceAll(key, ".", delim)] = value
	}
	return flat
}

// config decodes the settings over the defaults.
func (l *loader) config() (Config, error) {
	c := l.defaults
	platforms := pointers(c.Platforms)
	for _, f := range fields(&c, platforms) {
		key := strings.ReplaceAll(f.key, ".", delim)
		if _, isMap := f.entries(); isMap {
			l.entries(f)
			continue
		}
		s, ok := l.settings[key]
		if !ok || f.set(s.value) {
			continue
		}
		if _, isSecret := f.target.(*secret.Text); isSecret {
			s.value = secret.Text("hidden")
		}
		l.errs = append(l.errs, wrong(f.key, s.value, s.place, f.allowed))
	}
	for name, p := range platforms {
		c.Platforms[name] = *p
	}
	if len(l.errs) > 0 {
		return Config{}, errors.Join(l.errs...)
	}
	return c, nil
}

// entries decodes a field that is a map: one key each, or all in one text as name=value,name=value.
func (l *loader) entries(f field) {
	prefix := strings.ReplaceAll(f.key, ".", delim)
	if s, ok := l.settings[prefix]; ok {
		pairs, _ := stringList(s.value)
		if len(pairs) == 0 {
			l.errs = append(l.errs, wrong(f.key, s.value, s.place, f.allowed))
		}
		for _, pair := range pairs {
			name, value, _ := strings.Cut(pair, "=")
			l.entry(f, strings.TrimSpace(name), setting{value, s.place})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(l.settings)) {
		if base, name := entryKey(key); base == prefix && name != "" {
			l.entry(f, name, l.settings[key])
		}
	}
}

func (l *loader) entry(f field, name string, s setting) {
	if !f.setEntry(name, s.value) {
		l.errs = append(l.errs, f.wrongEntry(name, s.value, s.place))
	}
}
