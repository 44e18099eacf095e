// Package tiktok simulates TikTok Shop's Open API, 202309 and newer, on top of package market.
package tiktok
