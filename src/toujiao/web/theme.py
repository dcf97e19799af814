"""Colours and fonts: a calm page that asks no other host for anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

ASSETS = Path(__file__).parent / "assets"
ICON = ASSETS / "icon.svg"
STYLE = ASSETS / "style.css"

# Fonts that are on the reader's machine; a named web font would be fetched from elsewhere.
_FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "system-ui", "sans-serif")


def build_theme() -> Any:
    """The theme. Blue, because red and green mean up and down here."""
    import gradio as gr

    blue = gr.themes.Color(
        name="toujiao",
        c50="#f0f6fb",
        c100="#dfeaf5",
        c200="#bdd5eb",
        c300="#8fb8db",
        c400="#5b94c6",
        c500="#3573ab",
        c600="#285f92",
        c700="#1f4e79",
        c800="#1a4065",
        c900="#163451",
        c950="#0e2135",
    )
    theme = gr.themes.Base(
        primary_hue=blue,
        secondary_hue=blue,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_lg,
        text_size=gr.themes.sizes.text_md,
        font=list(_FONTS),
        font_mono=["ui-monospace", "Consolas", "monospace"],
    )
    return theme.set(
        body_background_fill="#f5f7fa",
        body_background_fill_dark="#10161e",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#18202b",
        block_background_fill="#ffffff",
        block_background_fill_dark="#18202b",
        block_border_width="1px",
        block_border_color="#e3e9f0",
        block_border_color_dark="#2a3544",
        block_shadow="0 1px 3px rgba(23, 43, 77, 0.05)",
        body_text_color="#1f2a37",
        body_text_color_dark="#e3e9f0",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_600",
        button_primary_background_fill_dark="*primary_600",
        button_primary_text_color="#ffffff",
        input_border_color="#d5dde7",
        input_background_fill="#ffffff",
        input_background_fill_dark="#121a24",
    )
