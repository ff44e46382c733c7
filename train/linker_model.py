"""The network that links spans: the tagger's encoder reads the text again, now with the spans marked.

A span is its first, last and mean token and what `infer.mentions` tells of it; two layers of
self-attention let all spans of a report see each other; every pair is scored by a biaffine product
(Dozat and Manning 2017, "Deep Biaffine Attention for Neural Dependency Parsing") plus a small network
over both and their pair features.
"""

import torch
from torch import nn
from torch.nn import functional

from infer.linkchoice import ATTRIBUTES, LINKS, ROOTS
from infer.schema import LABELS, VICTIMS
from train.config import Linker

PRIOR = 3.0  # how far the rules' victims are trusted before anything is learnt (logits)
HEADS = 4
BILINEAR = 64


class LinkerModel(nn.Module):
    """Scores of all links of one report (see `score`); `features` are how many a mention and a pair have."""

    def __init__(self, encoder: nn.Module, features: tuple[int, int], settings: Linker):
        super().__init__()
        mention, pair = features
        width, pair_width, dropout = settings.width, settings.pair_width, settings.dropout
        hidden = encoder.config.hidden_size
        self.encoder, self.features = encoder, features
        self.marks = nn.Embedding(1 + 2 * len(LABELS), hidden)
        nn.init.normal_(self.marks.weight, std=0.02)
        self.entry = nn.Sequential(nn.Linear(3 * hidden + mention, width), nn.GELU(), nn.Dropout(dropout))
        self.place = nn.Linear(32, width)
        self.context = nn.ModuleList(_Layer(width, dropout) for _ in range(settings.layers))
        self.norm = nn.LayerNorm(width)
        self.left, self.right = nn.Linear(width, pair_width), nn.Linear(width, pair_width)
        self.pair, self.inner = nn.Linear(pair, pair_width), nn.Linear(pair_width, pair_width)
        self.links = nn.Linear(pair_width, len(LINKS))
        self.query, self.target = nn.Linear(width, BILINEAR * len(LINKS)), nn.Linear(width, BILINEAR)
        self.roots = nn.Sequential(nn.Linear(width, pair_width), nn.GELU(), nn.Linear(pair_width, len(ROOTS)))
        self.prior = nn.Parameter(torch.tensor(PRIOR))
        self.attributes = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(2 * width + mention, pair_width),
            nn.GELU(),
            nn.Linear(pair_width, sum(map(len, ATTRIBUTES.values()))),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, input_ids, attention_mask, marks, places, mentions, pairs):
        """One report: see `encode` and `score`."""
        return self.score(self.encode(input_ids, attention_mask, marks, places), mentions, pairs)

    def encode(self, input_ids, attention_mask, marks, places):
        """[spans, 3 × hidden] of windows [windows, length]; `places` [spans, 3]: window, first, last."""
        words = self.encoder.get_input_embeddings()(input_ids) + self.marks(marks)
        states = self.encoder(inputs_embeds=words, attention_mask=attention_mask).last_hidden_state.float()
        window, first, last = places.unbind(1)
        total = functional.pad(states.cumsum(1), (0, 0, 1, 0))
        mean = (total[window, last + 1] - total[window, first]) / (last - first + 1)[:, None]
        return torch.cat([states[window, first], states[window, last], mean], dim=-1)

    def score(self, spans, mentions, pairs):
        """Logits: links [spans, spans, LINKS], roots [spans, ROOTS], attributes [spans, all ATTRIBUTES]."""
        entered = self.entry(torch.cat([spans, mentions], dim=-1))
        state = entered + self.place(_sines(spans.shape[0], spans.device))
        for layer in self.context:
            state = layer(state)
        state = self.norm(state)
        both = functional.gelu(self.left(state)[:, None] + self.right(state)[None] + self.pair(pairs))
        both = self.dropout(functional.gelu(self.inner(self.dropout(both))))
        query = self.query(state).reshape(-1, len(LINKS), BILINEAR)
        product = torch.matmul(query, self.target(state).T).transpose(1, 2) / BILINEAR**0.5
        attributes = self.attributes(torch.cat([state, entered, mentions], dim=-1))
        return self.links(both) + product, self.roots(state), attributes + self._prior(mentions)

    def _prior(self, mentions):
        """The rules' victims as logits; nothing for the other attributes."""
        others = sum(map(len, ATTRIBUTES.values())) - len(VICTIMS)
        return torch.cat(
            [mentions[:, : len(VICTIMS)] * self.prior, torch.zeros_like(mentions[:, :others])], dim=-1
        )


class _Layer(nn.Module):
    """Self-attention over the spans of one report [spans, width], normalised before each part.

    torch's own layer fixes the number of spans when it is exported to ONNX.
    """

    def __init__(self, width: int, dropout: float):
        super().__init__()
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.project, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(2 * width, width)
        )
        self.dropout, self.width = nn.Dropout(dropout), width

    def forward(self, state):
        split = self.project(self.first(state)).reshape(-1, 3, HEADS, self.width // HEADS)
        query, key, value = split.permute(1, 2, 0, 3).unbind(0)
        weights = torch.softmax(query @ key.transpose(1, 2) / (self.width // HEADS) ** 0.5, dim=-1)
        seen = (self.dropout(weights) @ value).permute(1, 0, 2).reshape(-1, self.width)
        state = state + self.dropout(self.out(seen))
        return state + self.dropout(self.feed(self.second(state)))


def _sines(count, device):
    """Where each span stands among the others [count, 32]."""
    rates = torch.exp(-0.35 * torch.arange(16, device=device))
    angles = torch.arange(count, device=device)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=-1)
