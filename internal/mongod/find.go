// Package mongod runs a real mongod for demonstrations, benchmarks and tests: a replica set of one on this machine, gone
// when its parent is.
//
// It is no way to run a store that matters: no authentication, one copy, little memory.
package mongod

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

// ErrNotFound says that this machine has no mongod, and which ways there are to get one.
var ErrNotFound = errors.New("no mongod found: name a running server (mongo.uri, or SHOPSTREAM_TEST_MONGO for tests), " +
	"or put a mongod on PATH, or run `make mongod`, which downloads one into .cache/")

// Find returns the path of a mongod: the one on PATH, else .cache/mongod of the repository around the working directory, else
// of the one that this binary was built in. Without any it returns [ErrNotFound].
func Find() (string, error) {
	if path, err := exec.LookPath("mongod"); err == nil {
		return path, nil
	}
	var roots []string
	if dir, err := os.Getwd(); err == nil {
		if root, ok := repository(dir); ok {
			roots = append(roots, root)
		}
	}
	if binary, err := os.Executable(); err == nil {
		roots = append(roots, filepath.Dir(filepath.Dir(binary)))
	}
	for _, root := range roots {
		path := filepath.Join(root, ".cache", "mongod")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", ErrNotFound
}

// repository walks up from dir to the folder of go.mod.
func repository(dir string) (string, bool) {
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}
