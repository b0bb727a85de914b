//! What the first words of a short text are known for, in many languages.

use std::sync::LazyLock;

use regex::RegexSet;

/// What a short text is, going by its words. The order is that in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub(super) enum Phrase {
    /// Nothing is known of it.
    #[default]
    None,
    /// It leads to other articles.
    Related,
    /// It asks readers to sign up.
    Signup,
    /// It tells who owns the text, and what may be done with it.
    Legal,
    /// It asks readers to share, to comment, or to log in.
    Share,
    /// It tells who wrote the text, or when.
    Byline,
    /// It tells who made a picture.
    Credit,
    /// It marks an advertisement.
    Ad,
    /// It tells what the text is filed under.
    Tags,
    /// It counts what readers did.
    Count,
    /// It tells who the author is.
    Bio,
}

/// The number of kinds, without `None`.
pub(super) const PHRASES: usize = PATTERNS.len();

/// Their names, for reports.
pub(super) const NAMES: [&str; PHRASES] =
    ["related", "signup", "legal", "share", "byline", "credit", "ad", "tags", "count", "bio"];

/// Longer texts say more than a phrase.
const MAX_WORDS: f32 = 30.0;
/// Only so many characters are looked at.
const MAX_CHARS: usize = 60;

/// The patterns for each kind from `Related` on: on a lower-case text, without marks before it. Words end
/// as in ASCII: the fast engines know no others.
const PATTERNS: [(&str, Phrase); 10] = [
    (
        "^(?:related|read (?:more|also|next|on(?-u:\\b))|see (?:also|more)|more (?:from|on|in|stories|about)|\
         recommended|you (?:may|might)|also (?:read|on)|(?:most|must) (?:read|popular|viewed)|trending|popular|\
         latest|don.t miss|up next|next (?:article|post|story)|previous (?:article|post)|(?:read|watch|more|see):|\
         click here|learn more|continue reading|(?:view|see) all|(?:show|load) more|similar|editor.?s. picks|\
         mehr (?:zum|von|aus|lesen)|lesen sie|auch interessant|das könnte|weitere|passend|meistgelesen|zum thema|\
         lire (?:aussi|la suite|plus)|à lire|sur le même|voir aussi|articles? (?:similaires?|liés)|en savoir plus|\
         lea (?:también|más)|leer más|ver (?:más|también)|te puede|también te|notas? relacionad|relacionad|\
         artículos? relacionad|más (?:noticias|leído|sobre)|le puede|lo más|le recomendamos|\
         leia (?:também|mais)|veja (?:também|mais)|você (?:pode|também)|saiba mais|mais lid|confira também|\
         leggi (?:anche|tutto)|ti potrebbe|potrebbe interessarti|articoli correlati|vedi anche|\
         lees (?:ook|meer|verder)|meer (?:over|lezen)|gerelateerd|ook interessant|\
         czytaj (?:także|też|więcej|dalej)|zobacz (?:także|też|również)|polecamy|powiązane|przeczytaj|\
         läs (?:också|mer|även)|relaterat|les (?:også|mer)|læs (?:også|mere)|lue (?:myös|lisää)|\
         čtěte|čítajte|souvisejí|citește și|vezi și|olvass|kapcsolódó|\
         читайте|смотрите также|похожие|другие новости|подробнее|по теме|ещё по|читати|ще по|вижте още|още по|\
         ilgili|devamını oku|διαβάστε|σχετικ|δείτε|baca juga|terkait|xem thêm|đọc thêm|tin liên quan|\
         関連|あわせて|おすすめ|続きを|次の|相关|推荐|延伸阅读|更多|热门|相關|推薦|延伸閱讀|관련|추천|더 보기|\
         اقرأ|اقرا|ذات صلة|مواضيع|شاهد|المزيد|بیشتر|مطالب مرتبط|קראו|עוד ב|संबंधित|यह भी|और पढ़ें|อ่านต่อ|เกี่ยวข้อง)",
        Phrase::Related,
    ),
    (
        "sign(?:ing)? up|subscrib|newsletter|inbox|abonnier|abonne[zr]|s.abonner|suscríb|suscrib|assine|inscreva|\
         cadastre|iscriviti|abboneer|nieuwsbrief|zapisz się|subskry|prenumer|подпис|підпис|абонирай|abone ol|\
         εγγραφ|berlangganan|đăng ký|登録|订阅|訂閱|구독|اشترك|النشرة|הרשמ|सब्सक्राइब",
        Phrase::Signup,
    ),
    (
        "©|copyright|all rights reserved|privacy policy|terms of|cookie|alle rechte|tous droits|todos (?:los derechos|\
         os direitos)|derechos reservados|tutti i diritti|wszelkie prawa|все права|усі права|tüm hakları|hak cipta|\
         無断転載|版权|版權|저작권|جميع الحقوق|כל הזכויות|datenschutz|mentions légales|impressum",
        Phrase::Legal,
    ),
    (
        "^(?:share|tweet|follow (?:us|me)|like us|print(?-u:\\b)|e-?mail|facebook|twitter|whatsapp|comment|leave a|reply|\
         log ?in|sign in|join the|copy link|teilen|drucken|kommentar|anmelden|partager|imprimer|commenter|\
         comparti|imprimir|comentar|síguenos|siga|condividi|commenti|stampa|delen|reageer|udostępnij|komentarz|\
         dela(?-u:\\b)|kommentarer|skriv ut|jaa(?-u:\\b)|sdílet|поделит|комментар|коментар|поділит|сподели|paylaş|yorum|\
         κοινοποί|σχόλια|bagikan|komentar|chia sẻ|bình luận|シェア|ツイート|コメント|分享|评论|評論|공유|댓글|شارك|مشارکت|\
         تعليق|שתפו|תגובות|शेयर|แชร์)",
        Phrase::Share,
    ),
    (
        "^(?:by\\s|written by|posted (?:by|on)|published|(?:last )?updated|author|(?:fact.?|medically )?reviewed by|\
         edited by|reporting by|von\\s|veröffentlicht|aktualisiert|stand:|autor|par\\s|publié|mis à jour|rédigé|\
         por\\s|publicado|actualizad|atualizad|di\\s|pubblicat|aggiornat|door\\s|gepubliceerd|bijgewerkt|\
         opublikowan|aktualizac|publicerad|uppdaterad|publisert|oppdatert|udgivet|julkaistu|автор|опубликован|\
         обновлен|опубліковано|публикуван|yayınlan|güncelle|δημοσί|penulis|công|投稿|公開|更新|作者|发布|發布|입력|\
         기자|نشر|كتب|تاریخ|פורסם|मप्रकाशित)",
        Phrase::Byline,
    ),
    (
        "photo|image|getty|\\(ap\\)|/ap|reuters|credit|courtesy|picture:|foto|imagen|imagem|bild:|quelle:|crédit|\
         fuente:|fonte:|fot\\.|zdjęcie|kuva:|фото|снимка|fotoğraf|φωτο|ảnh|写真|画像|图片|图:|圖:|사진|صورة|الصورة|עכס|צילום|\
         screenshot|illustration",
        Phrase::Credit,
    ),
    (
        "^(?:advert|ad(?-u:\\b)|ads(?-u:\\b)|sponsor|paid|anzeige|werbung|publicité|publicidad|publicidade|anúncio|pubblicità|\
         advertentie|reklam|annons|annonse|annonce|mainos|реклам|διαφήμιση|iklan|quảng cáo|広告|スポンサー|广告|廣告|광고|\
         إعلان|اعلان|פרסומת|विज्ञापन|story continues|scroll down|article continues)",
        Phrase::Ad,
    ),
    (
        "^(?:tag|filed under|categor|topic|posted in|in this article|schlagw|schlagwört|themen|mots.clés|sujets|\
         thèmes|etiqueta|temas|marcador|palavras|argomenti|trefwoord|onderwerp|tagi|kategori|ämnen|štítky|метки|\
         теги|теми|рубрик|etiketler|ετικέτες|タグ|カテゴリ|标签|標籤|关键词|태그|وسوم|كلمات|תגיות|टैग)",
        Phrase::Tags,
    ),
    (
        "min(?:utes?)?\\.? read|(?-u:\\b)views|(?-u:\\b)comments|(?-u:\\b)likes(?-u:\\b)|(?-u:\\b)shares|(?-u:\\b)replies|kommentare|commentaires|\
         comentarios|comentários|commenti|reacties|komentarzy|комментари|просмотр|yorumlar|コメント|条评论|閱讀|阅读|조회|\
         lesezeit|min de lectur|temps de lecture|min\\. läsning|leestijd",
        Phrase::Count,
    ),
    (
        "about the author|is an? (?:\\S+ ){0,3}(?:reporter|writer|editor|journalist|correspondent)|(?-u:\\b)covers(?-u:\\b)|contact\
         |follow (?:him|her|them)|can be reached|contributed to this|über den autor|zur person|à propos de|\
         sobre (?:el autor|o autor|la autora)|l.autore|over de auteur|o autorze|об авторе|про автора|yazar hakkında|\
         関連記事|この記事を書いた|关于作者|關於作者",
        Phrase::Bio,
    ),
];

static KNOWN: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(PATTERNS.iter().map(|(pattern, _)| pattern)).expect("a test compiles the patterns")
});

/// What the first words of a text of so many words are known for.
pub(super) fn phrase(text: &str, words: f32) -> Phrase {
    if words > MAX_WORDS {
        return Phrase::None;
    }
    let mut lower = String::with_capacity(64);
    for ch in text.chars().skip_while(|&ch| !ch.is_alphanumeric() && ch != '©').take(MAX_CHARS) {
        lower.extend(ch.to_lowercase());
    }
    KNOWN.matches(&lower).iter().next().map_or(Phrase::None, |number| PATTERNS[number].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_known_in_many_languages() {
        for (text, expected) in [
            ("READ MORE: Five bridges that fell", Phrase::Related),
            ("» Lesen Sie auch: Die Brücke", Phrase::Related),
            ("Você pode gostar...", Phrase::Related),
            ("関連記事", Phrase::Related),
            ("Get our newsletter", Phrase::Signup),
            ("© 2024 The Morning Post", Phrase::Legal),
            ("Поделиться", Phrase::Share),
            ("Par Anne Dupont", Phrase::Byline),
            ("The bridge on Monday. Photo: A. Shaw", Phrase::Credit),
            ("PUBLICIDAD", Phrase::Ad),
            ("Tags: bridge, council", Phrase::Tags),
            ("3 min read", Phrase::Count),
            ("Ann Shaw is a senior political reporter.", Phrase::Bio),
            ("The council met on Monday.", Phrase::None),
        ] {
            assert_eq!(phrase(text, 5.0), expected, "{text}");
        }
        assert_eq!(phrase("Read more", 31.0), Phrase::None);
    }
}
