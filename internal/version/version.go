// Package version knows which build this is.
package version

import (
	"cmp"
	"runtime/debug"
)

// version is set by the linker: see the Makefile.
var version string

// String names the build: what the Makefile set, else the module version or commit that the toolchain recorded, else "dev".
func String() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	recorded := info.Main.Version
	if recorded == "(devel)" {
		recorded = ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			recorded = cmp.Or(recorded, s.Value)
		}
	}
	return cmp.Or(recorded, "dev")
}
