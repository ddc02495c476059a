/* SPDX-License-Identifier: Apache-2.0 */
/* Guesses a language: by its script, and where that is shared, by letters and common words. */
#include <string.h>

#include "workers/diorama/sound/talk.h"

enum { WORD_BYTES_MAX = 24, LETTER_SCORE = 2 };

enum script {
    SCRIPT_LATIN,
    SCRIPT_CYRILLIC,
    SCRIPT_GREEK,
    SCRIPT_HEBREW,
    SCRIPT_ARABIC,
    SCRIPT_DEVANAGARI,
    SCRIPT_THAI,
    SCRIPT_KANA,
    SCRIPT_HANGUL,
    SCRIPT_HAN,
    SCRIPTS
};

static const struct {
    uint32_t first, last;
    enum script script;
} ranges[] = {
    {0x41, 0x24f, SCRIPT_LATIN},     {0x370, 0x3ff, SCRIPT_GREEK},
    {0x400, 0x52f, SCRIPT_CYRILLIC}, {0x590, 0x5ff, SCRIPT_HEBREW},
    {0x600, 0x6ff, SCRIPT_ARABIC},   {0x900, 0x97f, SCRIPT_DEVANAGARI},
    {0xe00, 0xe7f, SCRIPT_THAI},     {0x1e00, 0x1eff, SCRIPT_LATIN},
    {0x1f00, 0x1fff, SCRIPT_GREEK},  {0x3040, 0x30ff, SCRIPT_KANA},
    {0x3400, 0x4dbf, SCRIPT_HAN},    {0x4e00, 0x9fff, SCRIPT_HAN},
    {0xac00, 0xd7af, SCRIPT_HANGUL},
};

static const char *const by_script[SCRIPTS] = {
    [SCRIPT_CYRILLIC] = "ru", [SCRIPT_GREEK] = "el",      [SCRIPT_HEBREW] = "he",
    [SCRIPT_ARABIC] = "ar",   [SCRIPT_DEVANAGARI] = "hi", [SCRIPT_THAI] = "th",
    [SCRIPT_KANA] = "ja",     [SCRIPT_HANGUL] = "ko",     [SCRIPT_HAN] = "cmn"};

/* Letters that few others have, and words that are said all the time; both between spaces. */
static const struct {
    const char *name, *letters, *words;
} languages[] = {
    {"en-us", "",
     " the a an i you we he she it is are was am be my your our to of and in that this not have "
     "has will can do don't i'm it's what who where how hello yes no there here with for "},
    {"es", " ñ ¿ ¡ á í ó ú ",
     " el los las una es que por para hola está estoy no sí yo tú mi con del muy qué vamos gracias "
     "buenos días pero "},
    {"fr", " ç è ê à â î ô û œ ë ù ",
     " le les la je tu il elle nous vous est et une des dans que qui ne pas c'est bonjour oui non "
     "mon ma avec pour sur ce "},
    {"de", " ä ö ü ß ",
     " der die das und ich du wir ihr ist sind nicht ein eine mit von zu den hallo ja nein was wer "
     "wo wie hier mein auf guten "},
    {"it", " ì ò à ù ",
     " il lo gli che di non sono è per una ciao sì io tu mio mia con della questo come dove grazie "
     "buongiorno "},
    {"pt-br", " ã õ ç â ê ",
     " o os uma que não é eu você nós meu minha com para por olá sim isso obrigado está muito do "
     "da "
     "em "},
    {"nl", "",
     " de het een en ik je wij is niet van dat dit hallo ja nee mijn met voor goed waar "},
    {"pl", " ł ą ę ś ż ź ć ń ", " nie się jest to co ja ty my tak dzień dobry i w na "},
    {"cs", " ř ě ů č ž ý ", " je to ne já ty my ano dobrý den na se "},
    {"sv", " å ", " och det jag du är inte en ett hej vi på som för "},
    {"da", " ø æ ", " og det jeg du er ikke en et hej vi på som for "},
    {"tr", " ı ğ ş ", " ve bir bu ben sen değil var merhaba evet ne çok "},
    {"hu", " ő ű ", " és egy az nem igen én te mi hol van "},
    {"ro", " ă ș ț ", " și este nu da eu tu un o în cu "},
};

enum { LANGUAGES = sizeof(languages) / sizeof(languages[0]) };

/* A character's number and its bytes, from valid UTF-8; skips what is not. */
static uint32_t rune_at(struct str text, size_t at, size_t *bytes)
{
    unsigned char first = (unsigned char)text.ptr[at];
    uint32_t rune = first;

    *bytes = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (at + *bytes > text.len)
        *bytes = text.len - at;
    if (*bytes > 1)
        rune = first & (0x7fu >> *bytes);
    for (size_t i = 1; i < *bytes; i++)
        rune = rune << 6 | ((unsigned char)text.ptr[at + i] & 0x3f);
    return rune;
}

static void count_scripts(struct str text, int counts[SCRIPTS])
{
    size_t bytes;

    for (size_t at = 0; at < text.len; at += bytes) {
        uint32_t rune = rune_at(text, at, &bytes);

        for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
            if (rune >= ranges[i].first && rune <= ranges[i].last)
                counts[ranges[i].script]++;
    }
}

/* Whether " word " is in the list. */
static bool is_listed(const char *list, const char *word, size_t length)
{
    char spaced[WORD_BYTES_MAX + 3] = " ";

    if (length == 0 || length > WORD_BYTES_MAX)
        return false;
    memcpy(spaced + 1, word, length);
    spaced[length + 1] = ' ';
    return strstr(list, spaced);
}

static bool is_edge(char c)
{
    return c == '\0' || strchr(" ,.;:!?()\"", c);
}

/* `text` is in lower case, as far as that is ASCII. */
static int score_of(const char *text, int language)
{
    struct str all = str_from(text);
    int score = 0;
    size_t bytes, word = 0;

    for (size_t at = 0; at < all.len; at += bytes) {
        rune_at(all, at, &bytes);
        if (bytes > 1 && is_listed(languages[language].letters, text + at, bytes))
            score += LETTER_SCORE;
    }
    for (size_t at = 0; at <= all.len; at++)
        if (is_edge(text[at])) {
            score += is_listed(languages[language].words, text + word, at - word);
            word = at + 1;
        }
    return score;
}

static const char *latin_language(struct str text)
{
    char lower[VOICE_BYTES_MAX + 1];
    int best = 0, best_score = 0;

    str_copy(text, lower, sizeof(lower));
    for (char *c = lower; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    for (int i = 0; i < LANGUAGES; i++) {
        int score = score_of(lower, i);

        if (score > best_score) {
            best = i;
            best_score = score;
        }
    }
    return languages[best].name;
}

const char *talk_language(struct str text)
{
    int counts[SCRIPTS] = {0}, best = SCRIPT_LATIN;

    count_scripts(text, counts);
    if (counts[SCRIPT_KANA] > 0)
        return counts[SCRIPT_HAN] > 0 ? NULL : "ja";
    for (int i = 0; i < SCRIPTS; i++)
        if (counts[i] > counts[best])
            best = i;
    if (best == SCRIPT_CYRILLIC && (str_find(text, STR("і")) >= 0 ||
                                    str_find(text, STR("ї")) >= 0 || str_find(text, STR("є")) >= 0))
        return "uk";
    return best == SCRIPT_LATIN ? latin_language(text) : by_script[best];
}
